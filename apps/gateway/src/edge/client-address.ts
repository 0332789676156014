/**
 * The address of a client: an IPv4 address that a dual-stack socket shows mapped into IPv6 (`::ffff:…`) is converted to
 * IPv4.
 */
export const addressOf = (remoteAddress: string): string => remoteAddress.replace(/^::ffff:(?=[\d.]+$)/i, '');
