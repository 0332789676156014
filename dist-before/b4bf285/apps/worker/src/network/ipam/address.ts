import ipaddr from 'ipaddr.js';

/** An IP address as a number: IPAM counts, compares and picks addresses, also those of IPv6. */
export interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
}

export const ADDRESS_BITS = { 4: 32, 6: 128 } as const;

/**
 * Reads an address; null for anything else. Only the plain forms: `010.0.0.1`, `0x0a000001`, `10.1` and zones
 * (`fe80::1%eth0`) mean different things to different programs, so none of them is an address here.
 */
export function parseAddress(text: string): Address | null {
  if (text.includes(':')) {
    if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return null;
    return { version: 6, value: toValue(ipaddr.IPv6.parse(text).toByteArray()) };
  }
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text) || !ipaddr.IPv4.isValid(text)) return null;
  return { version: 4, value: toValue(ipaddr.IPv4.parse(text).toByteArray()) };
}

/** The canonical text (RFC 5952 for IPv6), which is also PostgreSQL's for `inet`. */
export function formatAddress({ version, value }: Address): string {
  const bytes: number[] = [];
  for (let shift = ADDRESS_BITS[version] - 8; shift >= 0; shift -= 8) {
    bytes.push(Number((value >> BigInt(shift)) & 0xffn));
  }
  return ipaddr.fromByteArray(bytes).toString();
}

function toValue(bytes: readonly number[]): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}
