import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { NetworkQuotaData } from '#libs/contracts';
import type { Queries, Transaction } from '../store/index.js';
import type { NetworkSettings } from './network-settings.js';

export type QuotaResource = keyof NetworkQuotaData;

const TABLES = { network: 'networks', subnet: 'subnets', port: 'ports' } as const;

/** This near to the limit, creations of one project wait for each other, so that together they stay below it. */
const CAUTION = 32;

/**
 * Makes sure that a project may have `wanted` more of a resource; call it before the rows are inserted.
 * Far from the limit nobody waits; more than CAUTION concurrent creations at the border could pass it by as many.
 */
export async function requireQuota(
  tx: Transaction,
  settings: NetworkSettings,
  resource: QuotaResource,
  projectId: string,
  wanted: number,
): Promise<void> {
  const limit = limitOf(settings, resource);
  if (limit < 0) return;
  let used = await count(tx, resource, projectId);
  if (used + wanted <= limit && used + wanted > limit - CAUTION) {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`quota:${resource}:${projectId}`}, 0))`.execute(tx);
    used = await count(tx, resource, projectId);
  }
  if (used + wanted > limit) {
    throw new ExpectedError('OverQuota', `Quota exceeded for resources: ['${resource}'].`, { resource, limit, used });
  }
}

/** As requireQuota, for a bulk creation: one entry of `owners` for each new resource. */
export async function requireQuotas(
  tx: Transaction,
  settings: NetworkSettings,
  resource: QuotaResource,
  owners: readonly string[],
): Promise<void> {
  for (const owner of [...new Set(owners)].toSorted()) {
    await requireQuota(tx, settings, resource, owner, owners.filter((other) => other === owner).length);
  }
}

function limitOf({ quotas }: NetworkSettings, resource: QuotaResource): number {
  if (resource === 'network') return quotas.quotaNetwork;
  return resource === 'subnet' ? quotas.quotaSubnet : quotas.quotaPort;
}

/** Limits and use of a project. */
export async function readQuota(db: Queries, settings: NetworkSettings, projectId: string): Promise<NetworkQuotaData> {
  const read = async (resource: QuotaResource) => ({
    limit: limitOf(settings, resource),
    used: await count(db, resource, projectId),
  });
  const [network, subnet, port] = await Promise.all([read('network'), read('subnet'), read('port')]);
  return { network, subnet, port };
}

async function count(tx: Queries, resource: QuotaResource, projectId: string): Promise<number> {
  const result = await sql<{ used: number }>`
    select count(*)::integer as used from ${sql.table(TABLES[resource])} where project_id = ${projectId}`.execute(tx);
  return result.rows[0]?.used ?? 0;
}
