import type { ColumnType, Generated } from 'kysely';
import type { FlavorData, InjectedFile, RequestedNetwork, SchedulerHints, TaskState, VmState } from '#libs/contracts';
import type { DefaultJson, DefaultTimestamp, Json, NullableJson, Timestamp } from './column-types.js';

export interface InstancesTable {
  id: string;
  /** Numbers the servers; `instance-%08x` is derived from it. */
  number: Generated<number>;
  name: string;
  description: string | null;
  hostname: string;
  project_id: string;
  user_id: string;
  vm_state: VmState;
  task_state: TaskState;
  power_state: Generated<number>;
  progress: Generated<number>;
  host: string | null;
  node: string | null;
  availability_zone: string | null;
  image_ref: string;
  /** The flavor at the time the server was created. */
  flavor: Json<FlavorData>;
  flavor_id: string;
  vcpus: number;
  ram: number;
  key_name: string | null;
  public_key: string | null;
  metadata: DefaultJson<Record<string, string>>;
  config_drive: Generated<boolean>;
  user_data: string | null;
  access_ip_v4: Generated<string>;
  access_ip_v6: Generated<string>;
  locked: Generated<boolean>;
  launch_index: Generated<number>;
  reservation_id: string;
  root_device_name: string | null;
  /** Used by older workers; `request_spec` has the requested groups. */
  security_groups: DefaultJson<string[]>;
  /** The result of `resolveRequestedNetworks` for the request. */
  requested_networks: DefaultJson<RequestedNetwork[]>;
  created_at: DefaultTimestamp;
  updated_at: DefaultTimestamp;
  launched_at: string | null;
  terminated_at: string | null;
  deleted: Generated<boolean>;
  /** When a step that seemed lost was last sent again. */
  repaired_at: string | null;
  /** `owner` or `admin`, for a locked server. */
  locked_by: string | null;
  locked_reason: string | null;
  /** The flavor before a resize that is neither confirmed nor reverted. */
  old_flavor: NullableJson<FlavorData>;
  /** The arguments of the current task: its steps read them, also after a resend. Never a password. */
  task_arguments: NullableJson<Record<string, unknown>>;
  /** The image from which a shelved server is restored. */
  shelved_image_id: string | null;
  /** When a server with a deferred delete was deleted. */
  soft_deleted_at: string | null;
  auto_disk_config: Generated<boolean>;
  /** Sorted. */
  tags: DefaultJson<string[]>;
  trusted_certs: ColumnType<string[] | null, string | null | undefined, string | null>;
  injected_files: DefaultJson<InjectedFile[]>;
  image_properties: DefaultJson<Record<string, unknown>>;
  request_spec: DefaultJson<RequestSpec>;
  server_group_id: ColumnType<string | null, string | null | undefined, string | null>;
  /** As the guest set it, encrypted; null or empty: none. */
  password: ColumnType<string | null, string | null | undefined, string | null>;
}

export interface ConsoleTokensTable {
  /** SHA-256, hexadecimal. */
  token_hash: string;
  instance_id: string;
  protocol: string;
  console_type: string;
  host: string;
  port: number;
  tls_port: number | null;
  socket_path: string | null;
  access_url_base: string;
  created_at: DefaultTimestamp;
  expires_at: Timestamp;
}

/** A request on a server, as os-instance-actions shows it; kept after the server is deleted. */
export interface InstanceActionsTable {
  id: Generated<number>;
  instance_id: string;
  action: string;
  request_id: string;
  user_id: string | null;
  project_id: string | null;
  /** `Error` when an event of it failed. */
  message: string | null;
  start_time: DefaultTimestamp;
  updated_at: DefaultTimestamp;
}

/** A step of an action on a host. */
export interface InstanceActionEventsTable {
  id: Generated<number>;
  action_id: number;
  event: string;
  host: string | null;
  start_time: DefaultTimestamp;
  finish_time: string | null;
  result: 'Success' | 'Error' | null;
  traceback: string | null;
  details: string | null;
}

/** A server's move to another host or flavor. */
export interface MigrationsTable {
  id: Generated<number>;
  uuid: string;
  instance_id: string;
  migration_type: 'resize' | 'migration' | 'live-migration' | 'evacuation';
  status: string;
  source_compute: string | null;
  source_node: string | null;
  dest_compute: string | null;
  dest_node: string | null;
  /** The host that the request named. */
  requested_host: string | null;
  old_flavor: NullableJson<FlavorData>;
  new_flavor: NullableJson<FlavorData>;
  old_vm_state: VmState | null;
  old_power_state: number | null;
  user_id: string | null;
  project_id: string | null;
  created_at: DefaultTimestamp;
  updated_at: DefaultTimestamp;
}

/** The scheduler's input for a server, written by its create and by the attempts to build it. */
export interface RequestSpec {
  readonly scheduler_hints?: SchedulerHints;
  /** The requested availability zone; moves stay in it. */
  readonly availability_zone?: string | null;
  /** The requested host and node; no other may be chosen. */
  readonly host?: string;
  readonly node?: string;
  /** `zone:host:node`: the filters are skipped. */
  readonly forced?: boolean;
  /** One of several servers of a request (`reservation_id`), which are given hosts together, or none. */
  readonly together?: boolean;
  /** Hosts on which a build was tried. */
  readonly tried_hosts?: readonly string[];
  /** Other suitable hosts, the best first. */
  readonly alternates?: readonly string[];
  /**
   * For the ports that are created for it. Absent: an older worker created the server, and the column `security_groups`
   * has them.
   */
  readonly security_groups?: readonly string[];
}

/** Guests of servers that were deleted while their host was down. */
export interface LeftoverGuestsTable {
  host: string;
  instance_id: string;
  created_at: DefaultTimestamp;
}

/** The last fault of a server. */
export interface InstanceFaultsTable {
  instance_id: string;
  code: number;
  message: string;
  details: Generated<string>;
  created_at: DefaultTimestamp;
}

/** A disk of a server. */
export interface BlockDeviceMappingsTable {
  id: Generated<number>;
  instance_id: string;
  source_type: 'image' | 'blank';
  destination_type: 'local';
  /** 0: the boot disk; -1 or null: not a boot disk. */
  boot_index: number | null;
  device_name: string | null;
  device_type: string | null;
  disk_bus: string | null;
  /** `swap`, or the file system. */
  guest_format: string | null;
  image_id: string | null;
  /** GiB; MiB for a swap disk. */
  volume_size: number | null;
  delete_on_termination: boolean;
  tag: string | null;
  created_at: DefaultTimestamp;
}

export interface ServerTables {
  block_device_mappings: BlockDeviceMappingsTable;
  instances: InstancesTable;
  instance_actions: InstanceActionsTable;
  console_tokens: ConsoleTokensTable;
  instance_action_events: InstanceActionEventsTable;
  migrations: MigrationsTable;
  instance_faults: InstanceFaultsTable;
  leftover_guests: LeftoverGuestsTable;
}
