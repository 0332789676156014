import { IsString, MaxLength } from 'class-validator';
import { call, cast, defineContract, type } from '#libs/messaging';
import { IdArgs, ListArgs, ProjectArgs } from '../objects/list-args.js';
import type { Page, VersionedObject } from '../objects/versioned-object.js';
import { FlavorCreateArgs, FlavorListArgs } from './flavor.args.js';
import type { FlavorData } from './flavor.objects.js';
import { KeypairArgs, KeypairCreateArgs, KeypairListArgs } from './keypair.args.js';
import type { KeypairData } from './keypair.objects.js';
import {
  InstanceMetadataArgs,
  ServerActionArgs,
  ServerCreateArgs,
  ServerMetadataArgs,
  ServerUpdateArgs,
} from './server.args.js';
import type { InstanceMetadataData, ServerData, ServerMetadataData } from './server.objects.js';
import { ServiceUpdateArgs } from './service.args.js';
import type { HypervisorData, LimitsData, ServiceData } from './service.objects.js';

/** Names the server that a step of a chain works on. */
export class InstanceArgs {
  @IsString() @MaxLength(64) readonly instance_uuid!: string;
}

/**
 * Servers, flavors, keypairs and limits: the state behind the Compute API, and the first step of every chain.
 *
 * Filters of `server_list`, values as texts (`true`/`false`, decimals, empty for "not set"):
 * - equal to one of the values: `id`, `project_id`, `user_id`, `host`, `node`, `image_ref`, `flavor_id`, `key_name`,
 *   `availability_zone`, `vm_state`, `task_state`, `power_state`, `reservation_id`, `hostname`, `description`,
 *   `launch_index`, `root_device_name`, `locked`, `config_drive`;
 * - regular expressions that match anywhere (PostgreSQL's, no case): `name`, `ip`, `ip6` (any of the addresses);
 * - `changes_since`, `changes_before`: ISO 8601, compared with `updated_at`, both inclusive; with `changes_since`
 *   deleted servers are included; `deleted` = `true` asks for deleted servers only.
 * Sort keys: `created_at` (default, desc), `updated_at`, `id`, `name`, `hostname`, `host`, `node`, `image_ref`,
 * `key_name`, `availability_zone`, `vm_state`, `task_state`, `power_state`, `launch_index`, `project_id`, `user_id`,
 * `root_device_name`, `launched_at`, `locked`.
 * `flavor_list` sorts by the fields of a flavor (default `id`, asc); `service_list` filters by `id`, `host` and `binary`.
 */
export const conductorContract = defineContract({
  topic: 'conductor',
  namespace: 'albireo',
  version: '1.0',
  methods: {
    /** Checks everything that can be checked, stores BUILD rows and the cast of the first step; then answers. */
    server_create: call({ args: ServerCreateArgs, result: type<VersionedObject<Page<ServerData>>>() }),
    server_list: call({ args: ListArgs, result: type<VersionedObject<Page<ServerData>>>(), idempotent: true }),
    server_get: call({ args: IdArgs, result: type<VersionedObject<ServerData>>(), idempotent: true }),
    server_update: call({ args: ServerUpdateArgs, result: type<VersionedObject<ServerData>>() }),
    server_delete: call({ args: IdArgs, result: type<null>() }),
    server_action: call({ args: ServerActionArgs, result: type<null>() }),
    /** Answers all items after the change. */
    server_metadata_change: call({ args: ServerMetadataArgs, result: type<VersionedObject<ServerMetadataData>>() }),
    instance_metadata: call({
      args: InstanceMetadataArgs,
      result: type<VersionedObject<InstanceMetadataData>>(),
      idempotent: true,
    }),
    flavor_list: call({ args: FlavorListArgs, result: type<VersionedObject<Page<FlavorData>>>(), idempotent: true }),
    flavor_get: call({ args: IdArgs, result: type<VersionedObject<FlavorData>>(), idempotent: true }),
    flavor_create: call({ args: FlavorCreateArgs, result: type<VersionedObject<FlavorData>>() }),
    flavor_delete: call({ args: IdArgs, result: type<null>() }),
    keypair_create: call({ args: KeypairCreateArgs, result: type<VersionedObject<KeypairData>>() }),
    keypair_list: call({ args: KeypairListArgs, result: type<VersionedObject<Page<KeypairData>>>(), idempotent: true }),
    keypair_get: call({ args: KeypairArgs, result: type<VersionedObject<KeypairData>>(), idempotent: true }),
    keypair_delete: call({ args: KeypairArgs, result: type<null>() }),
    limits_get: call<VersionedObject<LimitsData>>({ args: null, idempotent: true }),
    /** The limits of a project that the caller names. Error: PolicyNotAuthorized. */
    quota_get: call({ args: ProjectArgs, result: type<VersionedObject<LimitsData>>(), idempotent: true }),
    service_list: call({ args: ListArgs, result: type<VersionedObject<Page<ServiceData>>>(), idempotent: true }),
    /** A disabled compute service gets no new servers. Error: ServiceNotFound. */
    service_update: call({ args: ServiceUpdateArgs, result: type<VersionedObject<ServiceData>>() }),
    /** Sorted by host; `id`, `host` and `node` are filters. */
    hypervisor_list: call({ args: ListArgs, result: type<VersionedObject<Page<HypervisorData>>>(), idempotent: true }),
    /** First step of a build: hands the server to the scheduler. */
    schedule_and_build_instance: cast({ args: InstanceArgs }),
  },
});
export type ConductorContract = typeof conductorContract;
