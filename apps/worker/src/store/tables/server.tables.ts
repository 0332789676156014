import type { ColumnType, Generated } from 'kysely';
import type { FlavorData, InjectedFile, RequestedNetwork, SchedulerHints, TaskState, VmState } from '#libs/contracts';
import type { DefaultJson, DefaultTimestamp, Json, NullableJson, Timestamp } from './column-types.js';

export interface InstancesTable {
  id: string;
  /** Counts the servers; `instance-%08x` is made of it. */
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
  /** The flavor as it was when the server was made. */
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
  /** What older workers read and write: `request_spec` has what was asked for. */
  security_groups: DefaultJson<string[]>;
  /** What `resolveRequestedNetworks` made of the request. */
  requested_networks: DefaultJson<RequestedNetwork[]>;
  created_at: DefaultTimestamp;
  updated_at: DefaultTimestamp;
  launched_at: string | null;
  terminated_at: string | null;
  deleted: Generated<boolean>;
  /** When a step that seemed lost was sent again. */
  repaired_at: string | null;
  /** `owner` or `admin`, of one that is locked. */
  locked_by: string | null;
  locked_reason: string | null;
  /** The flavor before a resize that is neither confirmed nor reverted. */
  old_flavor: NullableJson<FlavorData>;
  /** What the running task was asked with: its steps read it, also when they are sent again. Never a password. */
  task_arguments: NullableJson<Record<string, unknown>>;
  /** The image that a shelved server comes back from. */
  shelved_image_id: string | null;
  /** Of one whose delete is deferred. */
  soft_deleted_at: string | null;
  auto_disk_config: Generated<boolean>;
  /** Sorted. */
  tags: DefaultJson<string[]>;
  trusted_certs: ColumnType<string[] | null, string | null | undefined, string | null>;
  injected_files: DefaultJson<InjectedFile[]>;
  image_properties: DefaultJson<Record<string, unknown>>;
  request_spec: DefaultJson<RequestSpec>;
  server_group_id: ColumnType<string | null, string | null | undefined, string | null>;
  /** As the guest left it, encrypted; null or empty: none. */
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

/** What was asked of a server, as os-instance-actions tells it; kept after the server is gone. */
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

/** What the scheduler is told of a server: by its create, and by the attempts to build it. */
export interface RequestSpec {
  readonly scheduler_hints?: SchedulerHints;
  /** The zone that was asked for; moves keep to it. */
  readonly availability_zone?: string | null;
  /** The host and node that must be taken. */
  readonly host?: string;
  readonly node?: string;
  /** `zone:host:node`: no filter is asked. */
  readonly forced?: boolean;
  /** Hosts that building was tried on. */
  readonly tried_hosts?: readonly string[];
  /** Hosts that would do as well, the best first. */
  readonly alternates?: readonly string[];
  /** Of the ports that are made for it. Absent: an older worker made the server, and its own column has them. */
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
  /** 0: it is booted from; -1 and null: it is not. */
  boot_index: number | null;
  device_name: string | null;
  device_type: string | null;
  disk_bus: string | null;
  /** `swap`, or the file system. */
  guest_format: string | null;
  image_id: string | null;
  /** GiB; MiB of a swap disk. */
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
