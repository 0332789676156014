import { call, type } from '#libs/messaging';
import { IdArgs, ListArgs } from '../objects/list-args.js';
import type { Page, VersionedObject } from '../objects/versioned-object.js';
import { FlavorCreateArgs, KeypairCreateArgs, ServerGroupCreateArgs } from '../compute/resources/index.js';
import type {
  AggregateData,
  FlavorData,
  HypervisorData,
  KeypairData,
  ServerGroupData,
  ServiceData,
} from '../compute/resources/index.js';
import {
  AggregateChangeArgs,
  FlavorListArgs,
  FlavorUpdateArgs,
  KeypairArgs,
  KeypairListArgs,
  QuotaClassArgs,
  ProjectQuotaArgs,
  QuotaUpdateArgs,
  UsageArgs,
} from './resource.args.js';
import type { FlavorAccessData, UsageData } from './resource.objects.js';
import { HypervisorListArgs, ServiceUpdateArgs } from './service.objects.js';
import type { LimitsData } from './service.objects.js';

/**
 * The methods of resources other than servers: flavors, key pairs, services, hypervisors, server groups, aggregates,
 * limits and usage. `flavor_list` sorts by the fields of a flavor (default `id`, asc); `service_list` filters by `id`,
 * `host` and `binary`.
 */
export const computeResourceMethods = {
  flavor_list: call({
    access: 'users',
    args: FlavorListArgs,
    result: type<VersionedObject<Page<FlavorData>>>(),
    idempotent: true,
  }),
  flavor_get: call({ access: 'users', args: IdArgs, result: type<VersionedObject<FlavorData>>(), idempotent: true }),
  flavor_create: call({
    access: ['os_compute_api:os-flavor-manage:create'],
    args: FlavorCreateArgs,
    result: type<VersionedObject<FlavorData>>(),
  }),
  flavor_delete: call({ access: ['os_compute_api:os-flavor-manage:delete'], args: IdArgs, result: type<null>() }),
  keypair_create: call({
    access: ['os_compute_api:os-keypairs:create'],
    args: KeypairCreateArgs,
    result: type<VersionedObject<KeypairData>>(),
  }),
  keypair_list: call({
    access: ['os_compute_api:os-keypairs:index'],
    args: KeypairListArgs,
    result: type<VersionedObject<Page<KeypairData>>>(),
    idempotent: true,
  }),
  keypair_get: call({
    access: ['os_compute_api:os-keypairs:show'],
    args: KeypairArgs,
    result: type<VersionedObject<KeypairData>>(),
    idempotent: true,
  }),
  keypair_delete: call({ access: ['os_compute_api:os-keypairs:delete'], args: KeypairArgs, result: type<null>() }),
  limits_get: call<VersionedObject<LimitsData>>({ access: ['os_compute_api:limits'], args: null, idempotent: true }),
  /** The limits of a project that the caller names. Error: PolicyNotAuthorized. */
  quota_get: call({
    access: ['os_compute_api:os-quota-sets:show'],
    args: ProjectQuotaArgs,
    result: type<VersionedObject<LimitsData>>(),
    idempotent: true,
  }),
  service_list: call({
    access: ['os_compute_api:os-services:list'],
    args: ListArgs,
    result: type<VersionedObject<Page<ServiceData>>>(),
    idempotent: true,
  }),
  /** A disabled compute service gets no new servers. Error: ServiceNotFound. */
  service_update: call({
    access: ['os_compute_api:os-services:update'],
    args: ServiceUpdateArgs,
    result: type<VersionedObject<ServiceData>>(),
  }),
  /** Errors: ServiceNotFound, Conflict. */
  service_delete: call({
    access: ['os_compute_api:os-services:delete'],
    args: IdArgs,
    result: type<null>(),
    since: '1.1',
  }),
  /** Sorted by host; `id`, `number`, `host` and `node` are filters. */
  hypervisor_list: call({
    access: ['os_compute_api:os-hypervisors:list'],
    args: HypervisorListArgs,
    result: type<VersionedObject<Page<HypervisorData>>>(),
    idempotent: true,
  }),
  /** Errors: FlavorNotFound, FlavorExtraSpecsNotFound, FlavorAccessNotFound, Conflict. */
  flavor_update: call({
    access: [
      'os_compute_api:os-flavor-manage:update',
      'os_compute_api:os-flavor-extra-specs:create',
      'os_compute_api:os-flavor-extra-specs:update',
      'os_compute_api:os-flavor-extra-specs:delete',
      'os_compute_api:os-flavor-access:add_tenant_access',
      'os_compute_api:os-flavor-access:remove_tenant_access',
    ],
    args: FlavorUpdateArgs,
    result: type<VersionedObject<FlavorData>>(),
    since: '1.2',
  }),
  flavor_access: call({
    access: ['os_compute_api:os-flavor-access'],
    args: IdArgs,
    result: type<VersionedObject<FlavorAccessData>>(),
    since: '1.2',
    idempotent: true,
  }),
  server_group_create: call({
    access: ['os_compute_api:os-server-groups:create'],
    args: ServerGroupCreateArgs,
    result: type<VersionedObject<ServerGroupData>>(),
    since: '1.2',
  }),
  /** In the order of creation; `id` is a filter. */
  server_group_list: call({
    access: ['os_compute_api:os-server-groups:index', 'os_compute_api:os-server-groups:show'],
    args: ListArgs,
    result: type<VersionedObject<Page<ServerGroupData>>>(),
    since: '1.2',
    idempotent: true,
  }),
  server_group_delete: call({
    access: ['os_compute_api:os-server-groups:delete'],
    args: IdArgs,
    result: type<null>(),
    since: '1.2',
  }),
  /** In the order of ids; `id` is a filter. */
  aggregate_list: call({
    access: ['os_compute_api:os-aggregates:index', 'os_compute_api:os-aggregates:show'],
    args: ListArgs,
    result: type<VersionedObject<Page<AggregateData>>>(),
    since: '1.2',
    idempotent: true,
  }),
  /** Returns the aggregate after the change, or as it was before deletion. */
  aggregate_change: call({
    access: [
      'os_compute_api:os-aggregates:create',
      'os_compute_api:os-aggregates:update',
      'os_compute_api:os-aggregates:delete',
      'os_compute_api:os-aggregates:add_host',
      'os_compute_api:os-aggregates:remove_host',
      'os_compute_api:os-aggregates:set_metadata',
    ],
    args: AggregateChangeArgs,
    result: type<VersionedObject<AggregateData>>(),
    since: '1.2',
  }),
  quota_update: call({
    access: ['os_compute_api:os-quota-sets:update', 'os_compute_api:os-quota-class-sets:update'],
    args: QuotaUpdateArgs,
    result: type<VersionedObject<LimitsData>>(),
    since: '1.2',
  }),
  quota_delete: call({
    access: ['os_compute_api:os-quota-sets:delete'],
    args: ProjectQuotaArgs,
    result: type<null>(),
    since: '1.2',
  }),
  quota_class_get: call({
    access: ['os_compute_api:os-quota-class-sets:show', 'os_compute_api:os-quota-sets:defaults'],
    args: QuotaClassArgs,
    result: type<VersionedObject<LimitsData>>(),
    since: '1.2',
    idempotent: true,
  }),
  usage_list: call({
    access: ['os_compute_api:os-simple-tenant-usage:list', 'os_compute_api:os-simple-tenant-usage:show'],
    args: UsageArgs,
    result: type<VersionedObject<UsageData>>(),
    since: '1.2',
    idempotent: true,
  }),
};
