/** The address of a client: one of IPv4 that a socket for both families shows mapped into IPv6 (`::ffff:…`) is IPv4. */
export const addressOf = (remoteAddress: string): string => remoteAddress.replace(/^::ffff:(?=[\d.]+$)/i, '');
