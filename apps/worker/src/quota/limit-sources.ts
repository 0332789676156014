import { sql } from 'kysely';
import type { ImageOptions, NetworkQuotaOptions, QuotaOptions } from '#libs/options';
import type { Queries } from '../store/index.js';
import { resourcesOf } from './quota-resources.js';
import type { Amounts, QuotaResource, QuotaService } from './quota-resources.js';

/** Limits by resource, -1 for none. For an absent resource, the next source decides. */
export type Limits = Readonly<Partial<Record<string, number>>>;

/** Returns a project's limits of a service's resources. */
export type LimitSource = (db: Queries, service: QuotaService, projectId: string, userId?: string) => Promise<Limits>;

/** Prefix of a resource's name: the limit belongs to the user within the project. */
export const OF_USER = 'user/';

/** The class whose limits apply to every project without limits of its own, as in nova. */
const DEFAULT_CLASS = 'default';

/**
 * Limits that an administrator stored in the database: for the project, otherwise for all projects; and for a user of
 * it.
 */
export const storedLimits: LimitSource = async (db, service, projectId, userId = '') => {
  const result = await sql<{ resource: string; hard_limit: number }>`
    select resource, hard_limit, 0 as rank from quota_classes
      where service = ${service} and class_name = ${DEFAULT_CLASS}
    union all
    select resource, hard_limit, 1 as rank from quotas
      where service = ${service} and project_id = ${projectId}
    union all
    select ${OF_USER} || resource, hard_limit, 1 as rank from user_quotas
      where service = ${service} and project_id = ${projectId} and user_id = ${userId}
    order by rank`.execute(db);
  // The project's limits come last and override those of the class.
  return Object.fromEntries(result.rows.map((row) => [row.resource, row.hard_limit]));
};

/** [quota], [quotas] and [image]; the objects are live, since the options are mutable. */
export interface QuotaOptionGroups {
  readonly compute?: ComputeQuotaOptions;
  readonly network?: Partial<NetworkQuotaOptions>;
  readonly image?: ImageQuotaOptions;
}

export type ImageQuotaOptions = Partial<Pick<ImageOptions, 'useKeystoneLimits'>> &
  Pick<ImageOptions, 'imageCountTotal' | 'imageCountUploading' | 'imageSizeTotal' | 'imageStageTotal'>;

export type ComputeQuotaOptions = Partial<Pick<QuotaOptions, 'driver'>> &
  Pick<
    QuotaOptions,
    | 'instances'
    | 'cores'
    | 'ram'
    | 'metadataItems'
    | 'keyPairs'
    | 'serverGroups'
    | 'serverGroupMembers'
    | 'injectedFiles'
    | 'injectedFileContentBytes'
    | 'injectedFilePathLength'
  >;

/** nova's names of its resources in unified limits. */
const UNIFIED_NAMES: Readonly<Partial<Record<QuotaResource<'compute'>, string>>> = {
  instances: 'servers',
  cores: 'class:VCPU',
  ram: 'class:MEMORY_MB',
  key_pairs: 'server_key_pairs',
  metadata_items: 'server_metadata_items',
  server_groups: 'server_groups',
  server_group_members: 'server_group_members',
  injected_files: 'server_injected_files',
  injected_file_content_bytes: 'server_injected_file_content_bytes',
  injected_file_path_bytes: 'server_injected_file_path_bytes',
};

/**
 * keystone's limits: the project's own, otherwise the registered one. For unregistered resources, nova has no limit
 * except for servers (`unified_limits_resource_strategy = require` of servers), and glance allows nothing, as
 * oslo.limit does.
 *
 * @param services the services whose limits are in keystone
 */
export function unifiedLimits(services: readonly QuotaService[]): LimitSource {
  return async (db, service, projectId) => {
    if (!services.includes(service)) return {};
    const result = await sql<{ name: string; amount: number }>`
      select r.resource_name as name, coalesce(l.resource_limit, r.default_limit) as amount
      from registered_limits r
        join catalog_services s on s.id = r.service_id and s.type = ${service}
        left join limits l on l.registered_limit_id = r.id and l.project_id = ${projectId}
      where r.region_id is null or exists (
        select 1 from endpoints e where e.service_id = s.id and e.region_id = r.region_id)
      order by r.region_id nulls first`.execute(db);
    const found = new Map(result.rows.map(({ name, amount }) => [name, amount]));
    const unified: Readonly<Record<string, string>> = service === 'compute' ? UNIFIED_NAMES : {};
    return Object.fromEntries(
      resourcesOf(service).map((name) => {
        const unregistered = service === 'compute' && name !== 'instances' ? -1 : 0;
        return [name, found.get(unified[name] ?? name) ?? unregistered];
      }),
    );
  };
}

/** The limits of the configuration, the same for every project. */
export function configuredLimits({ compute, network, image }: QuotaOptionGroups): LimitSource {
  return async (_db, service) => {
    if (service === 'network' && network !== undefined) {
      const limits: Partial<Record<keyof Amounts<'network'>, number | undefined>> = {
        network: network.quotaNetwork,
        subnet: network.quotaSubnet,
        port: network.quotaPort,
        router: network.quotaRouter,
        floatingip: network.quotaFloatingip,
        security_group: network.quotaSecurityGroup,
        security_group_rule: network.quotaSecurityGroupRule,
        rbac_policy: network.quotaRbacPolicy,
      };
      const found: Record<string, number> = {};
      for (const name of resourcesOf(service)) {
        const limit = limits[name] ?? network.defaultQuota;
        if (limit !== undefined) found[name] = limit;
      }
      return found;
    }
    if (service === 'image' && image !== undefined) {
      const limits: Amounts<'image'> = {
        image_count_total: image.imageCountTotal,
        image_count_uploading: image.imageCountUploading,
        image_size_total: image.imageSizeTotal,
        image_stage_total: image.imageStageTotal,
      };
      return limits;
    }
    if (service !== 'compute' || compute === undefined) return {};
    const limits: Partial<Amounts<'compute'>> = {
      instances: compute.instances,
      cores: compute.cores,
      ram: compute.ram,
      key_pairs: compute.keyPairs,
      metadata_items: compute.metadataItems,
      server_groups: compute.serverGroups,
      server_group_members: compute.serverGroupMembers,
      injected_files: compute.injectedFiles,
      injected_file_content_bytes: compute.injectedFileContentBytes,
      injected_file_path_bytes: compute.injectedFilePathLength,
    };
    return limits;
  };
}
