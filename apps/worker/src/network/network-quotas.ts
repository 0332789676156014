import { ExpectedError } from '#libs/contracts';
import type { NetworkQuotaData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { resourcesOf } from '../quota/quota-resources.js';
import type { Quotas } from '../quota/quotas.js';
import type { Store } from '../store/index.js';

/** What projects may have of the Network API's resources, and have. */
export class NetworkQuotas {
  constructor(
    private readonly store: Store,
    private readonly quotas: Quotas,
  ) {}

  /** Error: PolicyNotAuthorized for another project's, but for administrators; neutron has no rule for it either. */
  async get(ctx: RequestContext, projectId: string): Promise<NetworkQuotaData> {
    if (projectId !== ctx.project_id && !ctx.is_admin) {
      const text = 'User does not have admin privileges: Only admin is authorized to access quotas for another tenant.';
      throw new ExpectedError('PolicyNotAuthorized', text);
    }
    const resources = resourcesOf('network');
    const { limits, used } = await this.quotas.read(this.store.db, 'network', resources, projectId);
    return Object.fromEntries(resources.map((name) => [name, { limit: limits[name], used: used[name] }]));
  }
}
