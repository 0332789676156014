import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { Queries, Transaction } from '../store/index.js';

/** [quota]; -1 for no limit. The object is the live one: the options are mutable. */
export interface QuotaLimits {
  readonly instances: number;
  readonly cores: number;
  /** MiB. */
  readonly ram: number;
  readonly metadataItems: number;
  readonly keyPairs: number;
  readonly serverGroups: number;
  readonly serverGroupMembers: number;
}

export interface QuotaUse {
  readonly instances: number;
  readonly cores: number;
  readonly ram: number;
}

/** What the servers of a project use. */
export async function quotaUse(db: Queries, projectId: string): Promise<QuotaUse> {
  const result = await sql<QuotaUse>`
    select count(*)::int8 as instances, coalesce(sum(vcpus), 0)::int8 as cores, coalesce(sum(ram), 0)::int8 as ram
    from instances where project_id = ${projectId} and not deleted`.execute(db);
  return result.rows[0] ?? { instances: 0, cores: 0, ram: 0 };
}

/**
 * How many servers of a flavor the project may have now: `max`, or as many as fit if these are at least `min`.
 * Holds off other creates of the project until the commit. Error: QuotaExceeded.
 */
export async function reserveServers(
  tx: Transaction,
  limits: QuotaLimits,
  projectId: string,
  flavor: { readonly vcpus: number; readonly ram: number },
  count: { readonly min: number; readonly max: number },
): Promise<number> {
  const names = ['instances', 'cores', 'ram'] as const;
  if (names.every((name) => limits[name] < 0)) return count.max;
  await sql`select pg_advisory_xact_lock(hashtextextended(${`quota:${projectId}`}, 0))`.execute(tx);
  const used = await quotaUse(tx, projectId);
  const perServer: QuotaUse = { instances: 1, cores: flavor.vcpus, ram: flavor.ram };
  const fitting = names.map((name) => roomFor(limits[name], used[name], perServer[name]));
  const allowed = Math.min(count.max, ...fitting);
  if (allowed >= count.min) return allowed;
  const over = names.filter((_name, index) => (fitting[index] ?? 0) < count.min);
  throw quotaExceeded(over, limits, used, perServer, count.min);
}

function roomFor(limit: number, used: number, each: number): number {
  if (limit < 0 || each === 0) return Number.MAX_SAFE_INTEGER;
  return Math.max(0, Math.floor((limit - used) / each));
}

function quotaExceeded(
  over: readonly ('instances' | 'cores' | 'ram')[],
  limits: QuotaLimits,
  used: QuotaUse,
  each: QuotaUse,
  count: number,
): ExpectedError {
  const join = (values: readonly (string | number)[]): string => values.join(', ');
  const text =
    `Quota exceeded for ${join(over)}: Requested ${join(over.map((name) => each[name] * count))}, ` +
    `but already used ${join(over.map((name) => used[name]))} of ${join(over.map((name) => limits[name]))} ${join(over)}`;
  return new ExpectedError('QuotaExceeded', text, { overs: over });
}
