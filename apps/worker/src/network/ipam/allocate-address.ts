import { sql } from 'kysely';
import type { AllocationPool } from '#libs/contracts';
import type { Transaction } from '../../store/index.js';
import { meetDriverFault } from '../../fault-injection/driver-faults.js';
import type { Address } from './address.js';
import { formatAddress, parseAddress } from './address.js';
import type { AddressRange } from './allocation-pools.js';
import { nthAddress, poolSize } from './allocation-pools.js';
import { randomBytes } from 'node:crypto';

/**
 * A random number in [0, bound), bound up to 2^128. The bias of the modulo is below 2^-64, which is enough for
 * addresses (they are not keys).
 */
export function randomBelow(bound: bigint): bigint {
  return BigInt(`0x${randomBytes(24).toString('hex')}`) % bound;
}

/** The subnet from which an address is taken, and the port that gets it. */
interface AddressRequest {
  readonly subnetId: string;
  readonly portId: string;
}

/** In a half-full pool, all of these tries fail one time in sixteen. */
const RANDOM_TRIES = 4;
/** inet subtraction uses int8: larger pools are never full, so random addresses suffice. */
const LARGEST_COUNTED_POOL = 2n ** 62n;
const MAX_ROUNDS = 200;

/**
 * Takes a free address of the pools, or returns null if there is none.
 *
 * Picks at random, so that concurrent transactions rarely want the same address; the primary key decides. In a crowded
 * pool it searches for a gap between the taken addresses, starting at a random one. If another transaction has just
 * taken the address, the insert waits for that transaction to end. So null is returned only if the pool is full.
 */
export async function allocateAddress(
  tx: Transaction,
  request: AddressRequest,
  pools: readonly AllocationPool[],
): Promise<string | null> {
  if (await isRefused()) return null;
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

/** Whether a rule says that no address is free. */
async function isRefused(): Promise<boolean> {
  return meetDriverFault('allocate', {}).then(
    () => false,
    () => true,
  );
}

/** Takes exactly this address; false if it is already taken. */
export async function takeAddress(tx: Transaction, request: AddressRequest, address: string): Promise<boolean> {
  const result = await tx
    .insertInto('ip_allocations')
    .values({ subnet_id: request.subnetId, ip_address: address, port_id: request.portId })
    .onConflict((conflict) => conflict.columns(['subnet_id', 'ip_address']).doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** A free address of the pools, searched from a random one; null if committed addresses fill the pools. */
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
 * A random address of the first gap in a range: one scan of the primary key, which ends at the gap. The first address
 * of a gap would collide with concurrent callers.
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
