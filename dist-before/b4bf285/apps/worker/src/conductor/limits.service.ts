import type { LimitsData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Authorizer } from '../policy/authorizer.js';
import type { Store } from '../store/index.js';
import { quotaUse } from './quota-check.js';
import type { QuotaLimits } from './quota-check.js';

/** What a project may have, and has. */
export class LimitsService {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
    private readonly limits: QuotaLimits,
  ) {}

  /** The caller's own. */
  get(context: RequestContext): Promise<LimitsData> {
    return this.#read(context, 'os_compute_api:limits', context.project_id ?? '');
  }

  /** Those of a project that the caller names; quotas are the same for all. */
  quota(context: RequestContext, projectId: string): Promise<LimitsData> {
    return this.#read(context, 'os_compute_api:os-quota-sets:show', projectId);
  }

  async #read(context: RequestContext, rule: string, projectId: string): Promise<LimitsData> {
    this.authorizer.authorize(context, 'compute', rule, { project_id: projectId });
    const used = await quotaUse(this.store.db, projectId);
    return {
      max_instances: this.limits.instances,
      max_cores: this.limits.cores,
      max_ram: this.limits.ram,
      max_keypairs: this.limits.keyPairs,
      max_server_metadata: this.limits.metadataItems,
      max_server_groups: this.limits.serverGroups,
      max_server_group_members: this.limits.serverGroupMembers,
      used_instances: used.instances,
      used_cores: used.cores,
      used_ram: used.ram,
      used_server_groups: 0,
    };
  }
}
