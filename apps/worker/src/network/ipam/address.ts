import { randomBytes } from 'node:crypto';
import ipaddr from 'ipaddr.js';

/** A network in CIDR form; `first` and `last` are its lowest and highest address. */
export interface Cidr {
  readonly version: 4 | 6;
  readonly prefix: number;
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Parses `address/prefix`; null for anything else. Host bits are removed: to check a spelling, compare with formatCidr.
 */
export function parseCidr(text: string): Cidr | null {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  const address = parseAddress(match?.[1] ?? '');
  const prefix = Number(match?.[2]);
  if (address === null || prefix > ADDRESS_BITS[address.version]) return null;
  const hostBits = BigInt(ADDRESS_BITS[address.version] - prefix);
  const first = (address.value >> hostBits) << hostBits;
  return { version: address.version, prefix, first, last: first + (1n << hostBits) - 1n };
}

/** The canonical form: without host bits. */
export function formatCidr(cidr: Cidr): string {
  return `${formatAddress({ version: cidr.version, value: cidr.first })}/${cidr.prefix}`;
}

export function contains(cidr: Cidr, address: Address): boolean {
  return cidr.version === address.version && address.value >= cidr.first && address.value <= cidr.last;
}

/**
 * Whether a host may have an address: not the network address or IPv4's broadcast address, except in the smallest IPv4
 * networks (RFC 3021) and in a network of one address.
 */
export function isHostAddress(cidr: Cidr, address: Address): boolean {
  const hosts = hostRange(cidr);
  return cidr.version === address.version && address.value >= hosts.first && address.value <= hosts.last;
}

/** Lowest and highest host address. */
export function hostRange(cidr: Cidr): { readonly first: bigint; readonly last: bigint } {
  const smallest = cidr.version === 4 ? 31 : ADDRESS_BITS[6];
  if (cidr.prefix >= smallest) return { first: cidr.first, last: cidr.last };
  return { first: cidr.first + 1n, last: cidr.version === 4 ? cidr.last - 1n : cidr.last };
}

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

/**
 * A random MAC with the prefix of neutron's `base_mac`: the first three octets, and the fourth too unless it is `00`;
 * the rest is random. The database enforces that it is unique on a network.
 */
export function generateMac(baseMac: string): string {
  const octets = baseMac.split(':');
  const kept = octets[3] === '00' ? 3 : 4;
  const random = [...randomBytes(6 - kept)].map((byte) => byte.toString(16).padStart(2, '0'));
  return [...octets.slice(0, kept), ...random].join(':').toLowerCase();
}

/** An IP address as a number, which IPAM needs to count, compare and pick addresses, IPv6 included. */
export interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
}

export const ADDRESS_BITS = { 4: 32, 6: 128 } as const;

/**
 * Parses an address; null for anything else. Accepts only the plain forms: programs disagree about `010.0.0.1`,
 * `0x0a000001`, `10.1` and zones (`fe80::1%eth0`), so these are rejected.
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
