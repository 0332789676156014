import { formatAddress, parseAddress, contains, formatCidr, parseCidr } from '../../network/ipam/address.js';
import type { Cidr } from '../../network/ipam/address.js';

/** Parses an address or a prefix. */
function readRange(text: string): Cidr | null {
  const address = parseAddress(text);
  return parseCidr(address === null ? text : `${text}/${address.version === 4 ? 32 : 128}`);
}

/**
 * The addresses and prefixes of one IP version in canonical form, without those that are part of others: nft refuses a
 * list with overlaps.
 */
export function disjoint(texts: readonly string[], version: 4 | 6): readonly string[] {
  const ranges = texts.map(readRange).filter((range) => range !== null && range.version === version) as readonly Cidr[];
  const ordered = ranges.toSorted((a, b) => a.prefix - b.prefix);
  const kept: Cidr[] = [];
  for (const range of ordered) {
    if (!kept.some((other) => contains(other, { version, value: range.first }))) kept.push(range);
  }
  return kept
    .map((range) => {
      const isAddress = range.first === range.last;
      return isAddress ? formatAddress({ version, value: range.first }) : formatCidr(range);
    })
    .toSorted();
}
