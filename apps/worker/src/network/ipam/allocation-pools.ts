import { ExpectedError } from '#libs/contracts';
import type { AllocationPool } from '#libs/contracts';
import { formatAddress, parseAddress, formatCidr, hostRange, isHostAddress } from './address.js';
import type { Address, Cidr } from './address.js';

/** A range of addresses, both ends included. */
export interface AddressRange {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** All host addresses except the gateway: one pool, or two around it. For a network of one address, that address. */
export function defaultPools(cidr: Cidr, gateway: Address | null): AddressRange[] {
  const hosts = hostRange(cidr);
  const { version } = cidr;
  const isOutside = gateway === null || gateway.value < hosts.first || gateway.value > hosts.last;
  if (isOutside || hosts.first === hosts.last) return [{ version, ...hosts }];
  return [
    { version, first: hosts.first, last: gateway.value - 1n },
    { version, first: gateway.value + 1n, last: hosts.last },
  ].filter((range) => range.first <= range.last);
}

/** Parses a client's pools. Throws neutron's errors for pools that are not ranges of the subnet, or that overlap. */
export function parsePools(cidr: Cidr, pools: readonly AllocationPool[]): AddressRange[] {
  const ranges = pools.map((pool) => parsePool(cidr, pool));
  const sorted = ranges.toSorted((a, b) => (a.first < b.first ? -1 : 1));
  for (const [index, range] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next !== undefined && next.first <= range.last) {
      throw new ExpectedError(
        'OverlappingAllocationPools',
        `Found overlapping allocation pools: ${rangeText(range)} ${rangeText(next)} for subnet ${formatCidr(cidr)}.`,
      );
    }
  }
  return sorted;
}

function parsePool(cidr: Cidr, pool: AllocationPool): AddressRange {
  const start = parseAddress(pool.start);
  const end = parseAddress(pool.end);
  const text = `${pool.start}-${pool.end}`;
  const sameVersion = start?.version === cidr.version && end?.version === cidr.version;
  if (start === null || end === null || !sameVersion || start.value > end.value) {
    const shown = `{'start': '${pool.start}', 'end': '${pool.end}'}`;
    throw new ExpectedError('InvalidAllocationPool', `The allocation pool ${shown} is not valid.`);
  }
  if (!isHostAddress(cidr, start) || !isHostAddress(cidr, end)) {
    throw new ExpectedError(
      'OutOfBoundsAllocationPool',
      `The allocation pool ${text} spans beyond the subnet cidr ${formatCidr(cidr)}.`,
    );
  }
  return { version: cidr.version, first: start.value, last: end.value };
}

/** Throws GatewayConflictWithAllocationPools if a pool contains the gateway. */
export function refuseGatewayInPools(gateway: Address, pools: readonly AddressRange[]): void {
  const pool = pools.find((range) => gateway.value >= range.first && gateway.value <= range.last);
  if (pool !== undefined) {
    throw new ExpectedError(
      'GatewayConflictWithAllocationPools',
      `Gateway ip ${formatAddress(gateway)} conflicts with allocation pool ${rangeText(pool)}.`,
    );
  }
}

export function poolOf({ version, first, last }: AddressRange): AllocationPool {
  return { start: formatAddress({ version, value: first }), end: formatAddress({ version, value: last }) };
}

/** The number of addresses in the pools. */
export function poolSize(pools: readonly AddressRange[]): bigint {
  let size = 0n;
  for (const { first, last } of pools) size += last - first + 1n;
  return size;
}

/** The nth address of all pools together, n from 0. */
export function nthAddress(pools: readonly AddressRange[], n: bigint): Address {
  let rest = n;
  for (const { version, first, last } of pools) {
    const size = last - first + 1n;
    if (rest < size) return { version, value: first + rest };
    rest -= size;
  }
  throw new RangeError(`the pools hold ${poolSize(pools)} addresses, number ${n} was asked for`);
}

function rangeText(range: AddressRange): string {
  const { start, end } = poolOf(range);
  return `${start}-${end}`;
}
