import { sql } from 'kysely';
import type { AllocationPool } from '#libs/contracts';
import type { Transaction } from '../../store/index.js';
import type { Address } from './address.js';
import { formatAddress, parseAddress } from './address.js';
import type { AddressRange } from './allocation-pools.js';
import { nthAddress, poolSize } from './allocation-pools.js';
import { randomBytes } from 'node:crypto';

/**
 * A random number in [0, bound), bound up to 2^128. The bias of the modulo is below 2^-64: these are addresses, no keys.
 */
export function randomBelow(bound: bigint): bigint {
  return BigInt(`0x${randomBytes(24).toString('hex')}`) % bound;
}

/** The subnet and the port that an address is taken from and given to. */
interface AddressRequest {
  readonly subnetId: string;
  readonly portId: string;
}

/** In a pool that is half empty all of these fail once in sixteen times. */
const RANDOM_TRIES = 4;
/** inet subtraction counts in int8: larger pools are never full, so random addresses suffice. */
const LARGEST_COUNTED_POOL = 2n ** 62n;
const MAX_ROUNDS = 200;

/**
 * Takes a free address of the pools, or answers null when there is none.
 *
 * Picks at random, so that concurrent transactions rarely want the same one; the primary key decides. In a crowded
 * pool it looks for a gap between those taken, from a random place on. Whoever wants an address
 * that another transaction has just taken waits for that one's end, so "none" is only said of a pool that is full.
 */
export async function allocateAddress(
  tx: Transaction,
  request: AddressRequest,
  pools: readonly AllocationPool[],
): Promise<string | null> {
  const ranges = pools.map(toRange);
  const size = poolSize(ranges);
  if (size === 0n) return null;
  for (let attempt = 0; attempt < RANDOM_TRIES; attempt += 1) {
    const address = formatAddress(nthAddress(ranges, randomBelow(size)));
    if (await takeAddress(tx, request, address)) return address;
  }
  const counted = ranges.filter((range) => range.last - range.first < LARGEST_COUNTED_POOL);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const address = await findFree(tx, request.subnetId, counted);
    if (address === null) return null;
    if (await takeAddress(tx, request, address)) return address;
  }
  return null;
}

/** Takes exactly this address; false when somebody has it. */
export async function takeAddress(tx: Transaction, request: AddressRequest, address: string): Promise<boolean> {
  const result = await tx
    .insertInto('ip_allocations')
    .values({ subnet_id: request.subnetId, ip_address: address, port_id: request.portId })
    .onConflict((conflict) => conflict.columns(['subnet_id', 'ip_address']).doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** A free address of the pools, looked for from a random one on; null when all that is committed fills them. */
async function findFree(tx: Transaction, subnetId: string, ranges: readonly AddressRange[]): Promise<string | null> {
  const size = poolSize(ranges);
  if (size === 0n) return null;
  for (const range of rotate(ranges, nthAddress(ranges, randomBelow(size)))) {
    const address = await findFreeIn(tx, subnetId, range);
    if (address !== null) return address;
  }
  return null;
}

/** The same addresses, beginning with `start`. */
function rotate(ranges: readonly AddressRange[], start: Address): AddressRange[] {
  const at = ranges.findIndex((range) => start.value >= range.first && start.value <= range.last);
  const split = ranges[at];
  if (split === undefined) return [...ranges];
  const head = { ...split, first: start.value };
  const tail = { ...split, last: start.value - 1n };
  const order = [head, ...ranges.slice(at + 1), ...ranges.slice(0, at)];
  return tail.first <= tail.last ? [...order, tail] : order;
}

/**
 * A random address of the first gap in a range: one walk along the primary key, which ends at the gap. The first
 * address of a gap would be what everybody takes who comes at the same time.
 */
async function findFreeIn(tx: Transaction, subnetId: string, range: AddressRange): Promise<string | null> {
  const first = sql`${formatAddress({ version: range.version, value: range.first })}::inet`;
  const last = sql`${formatAddress({ version: range.version, value: range.last })}::inet`;
  const taken = sql`ip_allocations where subnet_id = ${subnetId} and ip_address between ${first} and ${last}`;
  const result = await sql<{ address: string }>`
    select host(start + floor(random() * (finish - start + 1))::bigint) as address
    from (
      select ${first} as start, coalesce(min(ip_address) - 1, ${last}) as finish from ${taken}
      having min(ip_address) is null or min(ip_address) > ${first}
      union all (
        select address + 1, coalesce(next - 1, ${last})
        from (
          select ip_address as address, lead(ip_address) over (order by ip_address) as next from ${taken}
        ) neighbours
        where coalesce(next - 1, ${last}) > address limit 1
      )
    ) gaps limit 1`.execute(tx);
  return result.rows[0]?.address ?? null;
}

function toRange(pool: AllocationPool): AddressRange {
  const first = parseAddress(pool.start);
  const last = parseAddress(pool.end);
  if (first === null || last === null) throw new TypeError(`stored pool ${pool.start}-${pool.end} is no range`);
  return { version: first.version, first: first.value, last: last.value };
}
