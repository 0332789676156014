import { ADDRESS_BITS, formatAddress, parseAddress } from './address.js';
import type { Address } from './address.js';

/** A network in CIDR form; `first` and `last` are its lowest and highest address. */
export interface Cidr {
  readonly version: 4 | 6;
  readonly prefix: number;
  readonly first: bigint;
  readonly last: bigint;
}

/** Reads `address/prefix`; null for anything else. Bits behind the prefix are cut off: compare with formatCidr. */
export function parseCidr(text: string): Cidr | null {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  const address = parseAddress(match?.[1] ?? '');
  const prefix = Number(match?.[2]);
  if (address === null || prefix > ADDRESS_BITS[address.version]) return null;
  const hostBits = BigInt(ADDRESS_BITS[address.version] - prefix);
  const first = (address.value >> hostBits) << hostBits;
  return { version: address.version, prefix, first, last: first + (1n << hostBits) - 1n };
}

/** The normal form: no bits behind the prefix. */
export function formatCidr(cidr: Cidr): string {
  return `${formatAddress({ version: cidr.version, value: cidr.first })}/${cidr.prefix}`;
}

export function contains(cidr: Cidr, address: Address): boolean {
  return cidr.version === address.version && address.value >= cidr.first && address.value <= cidr.last;
}

/**
 * Whether an address can be a host's: not the network's own nor IPv4's broadcast, except in the smallest IPv4 networks
 * (RFC 3021) and that of one address.
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
