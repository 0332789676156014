import { sql } from 'kysely';
import type { AllocationPool } from '#libs/contracts';
import type { Transaction } from '../../store/index.js';
import { formatAddress, parseAddress } from './address.js';
import { nthAddress, poolSize } from './allocation-pools.js';
import type { AddressRange } from './allocation-pools.js';
import { randomBelow } from './random-value.js';

/** The subnet and the port that an address is taken from and given to. */
export interface AddressRequest {
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
 * pool it picks a random free address from the gaps between those taken, in one statement. Whoever wants an address
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
    const address = await findGap(tx, request.subnetId, counted);
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

/** A random free address of the pools; null when all that is committed fills them. */
async function findGap(tx: Transaction, subnetId: string, ranges: readonly AddressRange[]): Promise<string | null> {
  if (ranges.length === 0) return null;
  const rows = ranges.map(({ version, first, last }) => {
    const start = formatAddress({ version, value: first });
    const end = formatAddress({ version, value: last });
    return sql`(${start}::inet, ${end}::inet)`;
  });
  // Each pool starts with its lower border as if it were taken; a gap is what lies between two neighbours.
  const result = await sql<{ address: string }>`
    with pools (first, last) as (values ${sql.join(rows)}),
    taken as (
      select first - 1 as address, first, last from pools
      union all
      select a.ip_address, p.first, p.last
      from ip_allocations a join pools p on a.ip_address between p.first and p.last
      where a.subnet_id = ${subnetId}
    ),
    gaps as (
      select address + 1 as start,
        coalesce(lead(address) over (partition by first order by address) - 1, last) - address as free
      from taken
    )
    select host(start + floor(random() * free)::bigint) as address
    from gaps where free > 0 order by random() limit 1`.execute(tx);
  return result.rows[0]?.address ?? null;
}

function toRange(pool: AllocationPool): AddressRange {
  const first = parseAddress(pool.start);
  const last = parseAddress(pool.end);
  if (first === null || last === null) throw new TypeError(`stored pool ${pool.start}-${pool.end} is no range`);
  return { version: first.version, first: first.value, last: last.value };
}
