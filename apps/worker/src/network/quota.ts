import { ExpectedError } from '#libs/contracts';
import type { Transaction } from '../store/index.js';
import type { QuotaHold, Quotas } from '../quota/quotas.js';
import { resourcesOf } from '../quota/quota-resources.js';
import type { QuotaResource } from '../quota/quota-resources.js';

/**
 * Locks a network quota for the owners of new resources, one entry per resource, until the commit; the first statement
 * of a transaction. Rows are inserted after `requireRoom`.
 */
export function holdQuota(
  tx: Transaction,
  quotas: Quotas,
  resource: QuotaResource<'network'>,
  owners: readonly string[],
): Promise<QuotaHold<'network'>> {
  return quotas.hold(
    tx,
    'network',
    [resource],
    [...new Set(owners)].map((projectId) => ({ projectId })),
  );
}

/** Checks that each owner has room for as many resources as it is named times. Error: OverQuota. */
export async function requireRoom(
  hold: QuotaHold<'network'>,
  resource: QuotaResource<'network'>,
  owners: readonly string[],
): Promise<void> {
  for (const projectId of new Set(owners)) {
    const wanted = owners.filter((owner) => owner === projectId).length;
    const amount = (await hold.amounts({ projectId }))[resource];
    if (amount === undefined || amount.used + wanted <= amount.limit) continue;
    throw new ExpectedError('OverQuota', `Quota exceeded for resources: ['${resource}'].`, { resource, ...amount });
  }
}

/** The quota of a declared resource, by its singular. Throws TypeError for an unknown one. */
export function quotaResource(singular: string): QuotaResource<'network'> {
  const found = resourcesOf('network').find((name) => name === singular);
  if (found === undefined)
    throw new TypeError(`the resource ${singular} has a quota that the quota engine does not know`);
  return found;
}
