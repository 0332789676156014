import type { Generated } from 'kysely';
import type { FlavorData, RequestedNetwork, TaskState, VmState } from '#libs/contracts';
import type { DefaultJson, DefaultTimestamp, Json } from './column-types.js';

export interface FlavorsTable {
  id: string;
  name: string;
  vcpus: number;
  /** MiB. */
  ram: number;
  /** GiB. */
  disk: number;
  ephemeral: Generated<number>;
  /** MiB. */
  swap: Generated<number>;
  rxtx_factor: Generated<number>;
  is_public: Generated<boolean>;
  disabled: Generated<boolean>;
  description: string | null;
  extra_specs: DefaultJson<Record<string, string>>;
  created_at: DefaultTimestamp;
}

/** Which projects may use a flavor that is not public. */
export interface FlavorProjectsTable {
  flavor_id: string;
  project_id: string;
}

export interface KeypairsTable {
  user_id: string;
  name: string;
  type: 'ssh' | 'x509';
  public_key: string;
  fingerprint: string;
  created_at: DefaultTimestamp;
}

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
}

/** The last fault of a server. */
export interface InstanceFaultsTable {
  instance_id: string;
  code: number;
  message: string;
  details: Generated<string>;
  created_at: DefaultTimestamp;
}

/** What a compute host has to give. */
export interface ComputeNodesTable {
  host: string;
  node: string;
  vcpus: number;
  /** MiB. */
  memory: number;
  /** GiB. */
  disk: number;
  updated_at: DefaultTimestamp;
}

/** What a server takes of its host; made by the scheduler, gone with the server or its failed build. */
export interface AllocationsTable {
  instance_id: string;
  host: string;
  vcpus: number;
  memory: number;
  disk: number;
}

/** The "hypervisor" of the fake driver. */
export interface FakeMachinesTable {
  instance_id: string;
  host: string;
  power_state: number;
  /** The task that brought it here, so that a repeated one is recognised. */
  last_task: string;
  updated_at: DefaultTimestamp;
}

export interface ComputeTables {
  flavors: FlavorsTable;
  flavor_projects: FlavorProjectsTable;
  keypairs: KeypairsTable;
  instances: InstancesTable;
  instance_faults: InstanceFaultsTable;
  compute_nodes: ComputeNodesTable;
  allocations: AllocationsTable;
  fake_machines: FakeMachinesTable;
}
