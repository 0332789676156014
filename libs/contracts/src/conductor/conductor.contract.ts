import { IsString, MaxLength } from 'class-validator';
import { call, cast, defineContract, type } from '#libs/messaging';
import { IdArgs, ListArgs } from '../objects/list-args.js';
import type { Page, VersionedObject } from '../objects/versioned-object.js';
import { ConsoleTokenArgs } from '../compute/console.objects.js';
import type { ConsoleAccessData } from '../compute/console.objects.js';
import { computeResourceMethods } from './resource.methods.js';
import { InstanceActionArgs, InstanceActionListArgs } from './instance-actions.js';
import type { InstanceActionData } from './instance-actions.js';
import { ServerMigrationsArgs } from './migration.objects.js';
import type { MigrationData } from './migration.objects.js';
import {
  InstanceMetadataArgs,
  ServerActArgs,
  ServerActionArgs,
  ServerCreateArgs,
  ServerMetadataArgs,
  ServerUpdateArgs,
} from './server.args.js';
import { InstancePasswordArgs, ServerEventsArgs, ServerPasswordArgs } from './server-outside.js';
import type { ServerEventsData, ServerPasswordData } from './server-outside.js';
import { SERVER_ACTION_RULES } from '../server-actions/index.js';
import type { InstanceMetadataData, ServerActionResultData, ServerData, ServerMetadataData } from './server.objects.js';
import { ServerTagsArgs } from './resource.args.js';
import type { ServerTagsData } from './resource.objects.js';

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
 * - regular expressions that match anywhere (RE2's, no case): `name`, `ip`, `ip6` (any of the addresses);
 * - `changes_since`, `changes_before`: ISO 8601, compared with `updated_at`, both inclusive; with `changes_since`
 *   deleted servers are included; `deleted` = `true` asks for deleted servers only.
 * Sort keys: `created_at` (default, desc), `updated_at`, `id`, `name`, `hostname`, `host`, `node`, `image_ref`,
 * `key_name`, `availability_zone`, `vm_state`, `task_state`, `power_state`, `launch_index`, `project_id`, `user_id`,
 * `root_device_name`, `launched_at`, `locked`.
 */
export const conductorContract = defineContract({
  topic: 'conductor',
  namespace: 'albireo',
  version: '1.2',
  methods: {
    /** Performs all possible checks, stores BUILD rows and the cast of the first step; then answers. */
    server_create: call({
      access: ['os_compute_api:servers:create'],
      args: ServerCreateArgs,
      result: type<VersionedObject<Page<ServerData>>>(),
    }),
    server_list: call({
      access: ['os_compute_api:servers:detail'],
      args: ListArgs,
      result: type<VersionedObject<Page<ServerData>>>(),
      idempotent: true,
    }),
    server_get: call({
      access: ['os_compute_api:servers:show'],
      args: IdArgs,
      result: type<VersionedObject<ServerData>>(),
      idempotent: true,
    }),
    server_update: call({
      access: ['os_compute_api:servers:update'],
      args: ServerUpdateArgs,
      result: type<VersionedObject<ServerData>>(),
    }),
    server_delete: call({ access: ['os_compute_api:servers:delete'], args: IdArgs, result: type<null>() }),
    /** The three actions of version 1.0, for gateways of that version. */
    server_action: call({
      access: ['os_compute_api:servers:start', 'os_compute_api:servers:stop', 'os_compute_api:servers:reboot'],
      args: ServerActionArgs,
      result: type<null>(),
    }),
    /**
     * Any of the declared actions: the checks, the new task and the cast to the host are one transaction.
     * Errors: InstanceNotFound, InstanceInvalidState, Conflict (locked, or on no host), InvalidInput and those of the
     * action.
     */
    server_act: call({
      access: SERVER_ACTION_RULES,
      args: ServerActArgs,
      result: type<VersionedObject<ServerActionResultData>>(),
      since: '1.2',
    }),
    /** Returns all items after the change. */
    server_metadata_change: call({
      access: [
        'os_compute_api:server-metadata:create',
        'os_compute_api:server-metadata:update',
        'os_compute_api:server-metadata:update_all',
        'os_compute_api:server-metadata:delete',
      ],
      args: ServerMetadataArgs,
      result: type<VersionedObject<ServerMetadataData>>(),
    }),
    /**
     * The newest first; filters: `id`, `number`, `instance_uuid`, `migration_type`, `status`, `source_compute`, `host`
     * (source or destination), `project_id`, `user_id`, `changes_since`, `changes_before`. Without the caller's own
     * `project_id` for administrators.
     */
    migration_list: call({
      access: ['os_compute_api:os-migrations:index'],
      args: ListArgs,
      result: type<VersionedObject<Page<MigrationData>>>(),
      idempotent: true,
      since: '1.2',
    }),
    /**
     * The running live migrations of a server, or with a number only that one. Errors: InstanceNotFound,
     * MigrationNotFound.
     */
    server_migrations: call({
      access: ['os_compute_api:servers:migrations:index', 'os_compute_api:servers:migrations:show'],
      args: ServerMigrationsArgs,
      result: type<VersionedObject<Page<MigrationData>>>(),
      idempotent: true,
      since: '1.2',
    }),
    instance_action_list: call({
      access: ['os_compute_api:os-instance-actions:list'],
      args: InstanceActionListArgs,
      result: type<VersionedObject<Page<InstanceActionData>>>(),
      idempotent: true,
      since: '1.2',
    }),
    /** With its events. Errors: InstanceNotFound, InstanceActionNotFound. */
    instance_action_get: call({
      access: ['os_compute_api:os-instance-actions:show'],
      args: InstanceActionArgs,
      result: type<VersionedObject<InstanceActionData>>(),
      idempotent: true,
      since: '1.2',
    }),
    instance_metadata: call({
      access: 'anyone',
      args: InstanceMetadataArgs,
      result: type<VersionedObject<InstanceMetadataData>>(),
      idempotent: true,
    }),
    /**
     * The password that a guest has stored, encrypted with its key; with `clear` it is deleted. Empty: none. Error:
     * InstanceNotFound.
     */
    server_password: call({
      access: ['os_compute_api:os-server-password:show', 'os_compute_api:os-server-password:clear'],
      args: ServerPasswordArgs,
      result: type<VersionedObject<ServerPasswordData>>(),
      since: '1.2',
    }),
    /** The password that a guest stores, once. Errors: InstanceNotFound, Conflict. */
    instance_password_set: call({
      access: 'anyone',
      args: InstancePasswordArgs,
      result: type<null>(),
      since: '1.2',
    }),
    /** Another service's events about servers; returns for each whether it was accepted, in nova's codes. */
    server_events: call({
      access: ['os_compute_api:os-server-external-events:create'],
      args: ServerEventsArgs,
      result: type<VersionedObject<ServerEventsData>>(),
      since: '1.2',
    }),
    server_tags_change: call({
      access: [
        'os_compute_api:os-server-tags:update',
        'os_compute_api:os-server-tags:update_all',
        'os_compute_api:os-server-tags:delete',
        'os_compute_api:os-server-tags:delete_all',
      ],
      args: ServerTagsArgs,
      result: type<VersionedObject<ServerTagsData>>(),
      since: '1.2',
    }),
    ...computeResourceMethods,
    /** The console that a token opens, for administrators. Error: ConsoleTokenNotFound. */
    console_token_get: call({
      access: ['os_compute_api:os-console-auth-tokens'],
      args: ConsoleTokenArgs,
      result: type<VersionedObject<ConsoleAccessData>>(),
      since: '1.2',
      idempotent: true,
    }),
    /**
     * Returns the current address of a console to a caller with a valid token. Errors: ConsoleTokenNotFound, those of
     * `get_console`.
     */
    console_connect: call({
      access: 'anyone',
      args: ConsoleTokenArgs,
      result: type<VersionedObject<ConsoleAccessData>>(),
      since: '1.2',
      idempotent: true,
    }),
    /** First step of a build: passes the server to the scheduler. */
    schedule_and_build_instance: cast({ access: 'users', args: InstanceArgs }),
  },
});
export type ConductorContract = typeof conductorContract;
