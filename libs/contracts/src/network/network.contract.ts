import { call, defineContract, type } from '#libs/messaging';
import { IsBoolean, IsObject, IsOptional } from 'class-validator';
import { ProjectArgs } from '../objects/list-args.js';
import { objectType } from '../objects/versioned-object.js';
import type { VersionedObject } from '../objects/versioned-object.js';
import { resourceMethods } from '../resource/resource-methods.js';
import { TagArgs } from './tag.args.js';
import { networkResources } from './resources.js';

/** Limit (-1: none) and usage of each resource of a project. */
export type NetworkQuotaData = Readonly<Record<string, { readonly limit: number; readonly used: number }>>;

export const NetworkQuota = objectType<NetworkQuotaData>('NetworkQuota', '1.1', [
  {
    version: '1.1',
    contract: '1.1',
    backport: (quota) =>
      Object.fromEntries(Object.entries(quota).filter(([name]) => ['network', 'subnet', 'port'].includes(name))),
  },
]);

/** The limits of a project that has its own. */
export interface ProjectQuotaData {
  readonly project_id: string;
  readonly limits: Readonly<Record<string, number>>;
}

/** New limits of a project, by resource: -1 for none. */
export class NetworkQuotaUpdateArgs extends ProjectArgs {
  @IsObject() readonly limits!: Readonly<Record<string, number>>;
  /** Even if the limit is below the current usage. */
  @IsOptional() @IsBoolean() readonly force?: boolean;
}

/** The project of the topology; `dry_run`: only checks whether it could be made. */
export class AutoTopologyArgs extends ProjectArgs {
  @IsOptional() @IsBoolean() readonly dry_run?: boolean;
}

/** A project's own network; null after a dry run. */
export interface AutoTopologyData {
  readonly network_id: string | null;
}

/**
 * The state behind the Network API. Each resource has `_list`, `_get`, `_create`, `_update` and `_delete`, and a method
 * for each of its actions.
 *
 * Filters of the lists are the objects' field names (`router_external`, `binding_host_id`, …) except those that are
 * lists or objects; values are texts: `true`/`false` for booleans, decimals for integers, empty for "not set".
 * Resources with tags also have the filters `tags`, `tags_any`, `not_tags` and `not_tags_any`; ports also by
 * `fixed_ip_address`, `fixed_ip_subnet_id` and `fixed_ip_substring` (any of a port's addresses). Sort keys likewise.
 */
export const networkContract = defineContract({
  topic: 'network',
  namespace: 'albireo',
  version: '1.1',
  methods: {
    ...resourceMethods(networkResources),
    /** Returns the tags after the change. Errors: TagResourceNotFound, TagNotFound. */
    tag_update: call({ access: 'users', args: TagArgs, result: type<readonly string[]>(), since: '1.1' }),
    /** Creates it if it does not exist. Errors: AutoAllocationFailure, OverQuota. */
    auto_allocated_topology_get: call({
      access: 'users',
      args: AutoTopologyArgs,
      result: type<AutoTopologyData>(),
      since: '1.1',
    }),
    /** Error: NetworkInUse. */
    auto_allocated_topology_delete: call({
      access: 'users',
      args: ProjectArgs,
      result: type<null>(),
      since: '1.1',
    }),
    quota_get: call({
      access: 'users',
      args: ProjectArgs,
      result: type<VersionedObject<NetworkQuotaData>>(),
      idempotent: true,
    }),
    /** The limits of projects without limits of their own. */
    quota_defaults: call({
      access: 'users',
      args: ProjectArgs,
      result: type<VersionedObject<NetworkQuotaData>>(),
      idempotent: true,
      since: '1.1',
    }),
    /** Projects with limits of their own. */
    quota_list: call({
      access: ['get_quota'],
      args: null,
      result: type<readonly ProjectQuotaData[]>(),
      idempotent: true,
      since: '1.1',
    }),
    /** Errors: QuotaBelowUsage. */
    quota_update: call({
      access: ['update_quota'],
      args: NetworkQuotaUpdateArgs,
      result: type<VersionedObject<NetworkQuotaData>>(),
      since: '1.1',
    }),
    /** Error: TenantQuotaNotFound. */
    quota_delete: call({ access: ['delete_quota'], args: ProjectArgs, result: type<null>(), since: '1.1' }),
  },
});
export type NetworkContract = typeof networkContract;
