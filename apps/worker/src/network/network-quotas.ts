import { ExpectedError } from '#libs/contracts';
import type { NetworkQuotaData, NetworkQuotaUpdateArgs, ProjectQuotaData } from '#libs/contracts';
import { ownedTarget } from '#libs/policy';
import type { RequestContext } from '#libs/telemetry';
import { countUsage, resourcesOf } from '../quota/quota-resources.js';
import type { Amounts, QuotaResource } from '../quota/quota-resources.js';
import type { Quotas } from '../quota/quotas.js';
import { deleteLimits, projectsWithLimits, setLimits } from '../quota/set-limits.js';
import type { Store, Transaction } from '../store/index.js';
import { quotaResource } from './quota.js';
import type { NetworkPolicy } from './network-policy.js';

const SERVICE = 'network';

/** Limits and usage of projects in the Network API (neutron.extensions.quotasv2 and quotasv2_detail). */
export class NetworkQuotas {
  constructor(
    private readonly store: Store,
    private readonly quotas: Quotas,
    private readonly policy: NetworkPolicy,
  ) {}

  /** Error: PolicyNotAuthorized for another project's quotas without the rule get_quota. */
  async get(ctx: RequestContext, projectId: string): Promise<NetworkQuotaData> {
    this.#mayRead(ctx, projectId);
    const resources = resourcesOf(SERVICE);
    const { limits, used } = await this.quotas.read(this.store.db, SERVICE, resources, projectId);
    return Object.fromEntries(resources.map((name) => [name, { limit: limits[name], used: used[name] }]));
  }

  /** The limits of projects without limits of their own; the usage is 0. Error: PolicyNotAuthorized, as for `get`. */
  async defaults(ctx: RequestContext, projectId: string): Promise<NetworkQuotaData> {
    this.#mayRead(ctx, projectId);
    // No project has this id.
    const limits = await this.quotas.limits(this.store.db, SERVICE, '');
    return Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, { limit, used: 0 }]));
  }

  /** The limits of projects with limits of their own. Error: PolicyNotAuthorized. */
  async list(ctx: RequestContext): Promise<readonly ProjectQuotaData[]> {
    this.policy.authorize(ctx, 'get_quota', ownedTarget({ project_id: '' }));
    const { db } = this.store;
    const found: ProjectQuotaData[] = [];
    for (const project of await projectsWithLimits(db, SERVICE)) {
      found.push({ project_id: project, limits: await this.quotas.limits(db, SERVICE, project) });
    }
    return found;
  }

  /**
   * Sets a project's own limits. Errors: PolicyNotAuthorized; NetworkBadRequest for a limit below the usage, unless
   * `force` is set; InvalidInput for an unknown resource.
   */
  async update(ctx: RequestContext, args: NetworkQuotaUpdateArgs): Promise<NetworkQuotaData> {
    const { project_id: projectId, limits, force } = args;
    this.policy.authorize(ctx, 'update_quota', ownedTarget({ project_id: projectId }));
    await this.store.transaction(
      async (tx) => {
        const resources = Object.keys(limits).map(quotaResource);
        // Otherwise objects that are created meanwhile would not be counted.
        await this.quotas.hold(tx, SERVICE, resources, [{ projectId }]);
        if (force !== true) await requireAbove(tx, projectId, resources, limits);
        await setLimits(tx, SERVICE, projectId, limits);
      },
      { name: 'quota-update' },
    );
    return this.get(ctx, projectId);
  }

  /** Restores the defaults. Errors: PolicyNotAuthorized, TenantQuotaNotFound. */
  async delete(ctx: RequestContext, projectId: string): Promise<void> {
    this.policy.authorize(ctx, 'delete_quota', ownedTarget({ project_id: projectId }));
    const had = await this.store.transaction((tx) => deleteLimits(tx, SERVICE, projectId), { name: 'quota-delete' });
    if (had) return;
    throw new ExpectedError('TenantQuotaNotFound', `Quota for project ${projectId} could not be found.`);
  }

  /** Every caller may see the quotas of its own project. */
  #mayRead(ctx: RequestContext, projectId: string): void {
    if (projectId === ctx.project_id) return;
    this.policy.authorize(ctx, 'get_quota', ownedTarget({ project_id: projectId }));
  }
}

async function requireAbove(
  tx: Transaction,
  projectId: string,
  resources: readonly QuotaResource<typeof SERVICE>[],
  limits: Partial<Amounts<typeof SERVICE>>,
): Promise<void> {
  const used = await countUsage(tx, SERVICE, resources, projectId);
  for (const resource of resources) {
    const limit = limits[resource] ?? -1;
    if (limit < 0 || used[resource] <= limit) continue;
    const text = `Quota limit ${limit} for ${resource} must be greater than or equal to already used ${used[resource]}`;
    throw new ExpectedError('QuotaBelowUsage', text);
  }
}
