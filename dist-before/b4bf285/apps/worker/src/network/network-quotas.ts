import { ExpectedError } from '#libs/contracts';
import type { NetworkQuotaData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Store } from '../store/index.js';
import type { NetworkSettings } from './network-settings.js';
import { readQuota } from './quota.js';

/** What projects may have of networks, subnets and ports; the same for all. */
export class NetworkQuotas {
  constructor(
    private readonly store: Store,
    private readonly settings: NetworkSettings,
  ) {}

  /** Error: PolicyNotAuthorized for another project's, but for administrators; neutron has no rule for it either. */
  async get(ctx: RequestContext, projectId: string): Promise<NetworkQuotaData> {
    if (projectId !== ctx.project_id && !ctx.is_admin) {
      const text = 'User does not have admin privileges: Only admin is authorized to access quotas for another tenant.';
      throw new ExpectedError('PolicyNotAuthorized', text);
    }
    return readQuota(this.store.db, this.settings, projectId);
  }
}
