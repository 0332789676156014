import type { Address } from './address.js';
import type { Cidr } from './cidr.js';

/** The address that a host with this MAC gives itself in a /64 (RFC 4291, appendix A). */
export function eui64Address(cidr: Cidr, macAddress: string): Address {
  const octets = macAddress.split(':').map((octet) => Number.parseInt(octet, 16));
  const [first = 0, ...rest] = octets;
  let identifier = BigInt(first ^ 0x02);
  for (const octet of [...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)]) {
    identifier = (identifier << 8n) | BigInt(octet);
  }
  return { version: 6, value: cidr.first | identifier };
}
