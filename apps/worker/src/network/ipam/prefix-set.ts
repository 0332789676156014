import { ADDRESS_BITS, formatCidr, parseCidr } from './address.js';
import type { Cidr } from './address.js';

/** A set of addresses of one IP version, as sorted ranges that neither overlap nor touch. */
export interface PrefixSet {
  readonly version: 4 | 6;
  readonly ranges: readonly { readonly first: bigint; readonly last: bigint }[];
}

/** All addresses of networks of one IP version (netaddr's IPSet). Throws TypeError for an invalid CIDR. */
export function prefixSet(version: 4 | 6, cidrs: readonly string[]): PrefixSet {
  const sorted = cidrs.map(read).toSorted((a, b) => (a.first < b.first ? -1 : 1));
  const ranges: { first: bigint; last: bigint }[] = [];
  for (const { first, last } of sorted) {
    const before = ranges.at(-1);
    if (before === undefined || first > before.last + 1n) ranges.push({ first, last });
    else if (last > before.last) before.last = last;
  }
  return { version, ranges };
}

function read(text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr === null) throw new TypeError(`"${text}" is no CIDR`);
  return cidr;
}

/** The addresses of `set` that are not in `taken`. */
export function without(set: PrefixSet, taken: PrefixSet): PrefixSet {
  let left = set.ranges;
  for (const gone of taken.ranges) {
    left = left.flatMap(({ first, last }) => {
      if (gone.last < first || gone.first > last) return [{ first, last }];
      return [
        { first, last: gone.first - 1n },
        { first: gone.last + 1n, last },
      ].filter((range) => range.first <= range.last);
    });
  }
  return { version: set.version, ranges: left };
}

/** Whether the two have an address in common. */
export function overlap(a: PrefixSet, b: PrefixSet): boolean {
  return a.ranges.some((one) => b.ranges.some((other) => one.first <= other.last && other.first <= one.last));
}

export function isWithin(inner: PrefixSet, outer: PrefixSet): boolean {
  return without(inner, outer).ranges.length === 0;
}

/** The smallest list of networks that forms a set, in the order of their addresses. */
export function networksOf({ version, ranges }: PrefixSet): readonly Cidr[] {
  const bits = ADDRESS_BITS[version];
  const networks: Cidr[] = [];
  for (const { first, last } of ranges) {
    let start = first;
    while (start <= last) {
      // The largest network that begins here and ends within the range.
      let host = 0;
      while (host < bits && (start >> BigInt(host)) % 2n === 0n && start + (1n << BigInt(host + 1)) - 1n <= last) {
        host += 1;
      }
      const end = start + (1n << BigInt(host)) - 1n;
      networks.push({ version, prefix: bits - host, first: start, last: end });
      start = end + 1n;
    }
  }
  return networks;
}

/** The CIDRs of a set. */
export function cidrsOf(set: PrefixSet): readonly string[] {
  return networksOf(set).map(formatCidr);
}
