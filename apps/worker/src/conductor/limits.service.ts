import type { LimitsData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Authorizer } from '../policy/authorizer.js';
import type { Quotas } from '../quota/quotas.js';
import type { Store } from '../store/index.js';

/** What a project may have, and has. */
export class LimitsService {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
    private readonly quotas: Quotas,
  ) {}

  /** The caller's own. */
  get(context: RequestContext): Promise<LimitsData> {
    return this.#read(context, 'os_compute_api:limits', context.project_id ?? '');
  }

  /** Those of a project that the caller names; as far as the policy lets him. */
  quota(context: RequestContext, projectId: string): Promise<LimitsData> {
    return this.#read(context, 'os_compute_api:os-quota-sets:show', projectId);
  }

  async #read(context: RequestContext, rule: string, projectId: string): Promise<LimitsData> {
    this.authorizer.authorize(context, 'compute', rule, { project_id: projectId });
    const counted = ['instances', 'cores', 'ram', 'server_groups'] as const;
    const { limits, used } = await this.quotas.read(this.store.db, 'compute', counted, projectId);
    return {
      max_instances: limits.instances,
      max_cores: limits.cores,
      max_ram: limits.ram,
      max_keypairs: limits.key_pairs,
      max_server_metadata: limits.metadata_items,
      max_server_groups: limits.server_groups,
      max_server_group_members: limits.server_group_members,
      max_injected_files: limits.injected_files,
      max_injected_file_content_bytes: limits.injected_file_content_bytes,
      max_injected_file_path_bytes: limits.injected_file_path_bytes,
      used_instances: used.instances,
      used_cores: used.cores,
      used_ram: used.ram,
      used_server_groups: used.server_groups,
    };
  }
}
