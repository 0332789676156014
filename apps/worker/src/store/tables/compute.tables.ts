import type { ColumnType, Generated } from 'kysely';
import type { DefaultJson, DefaultTimestamp } from './column-types.js';

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
  number: Generated<number>;
  user_id: string;
  name: string;
  type: 'ssh' | 'x509';
  public_key: string;
  fingerprint: string;
  created_at: DefaultTimestamp;
}

export interface InstanceGroupsTable {
  id: string;
  name: string;
  project_id: string;
  user_id: string;
  policy: string;
  rules: DefaultJson<Record<string, number>>;
  created_at: DefaultTimestamp;
}

export interface AggregatesTable {
  id: Generated<number>;
  uuid: Generated<string>;
  name: string;
  metadata: DefaultJson<Record<string, string>>;
  created_at: DefaultTimestamp;
  updated_at: string | null;
}

export interface AggregateHostsTable {
  aggregate_id: number;
  host: string;
}

/** The resources of a compute host. */
export interface ComputeNodesTable {
  host: string;
  node: string;
  vcpus: number;
  /** MiB. */
  memory: number;
  /** GiB. */
  disk: number;
  updated_at: DefaultTimestamp;
  id: Generated<string>;
  number: Generated<number>;
  hypervisor_type: Generated<string>;
  hypervisor_version: Generated<number>;
  /** Builds that failed since the last that did not. */
  failed_builds: Generated<number>;
  host_ip: Generated<string>;
  cpu_info: DefaultJson<Record<string, unknown>>;
  uptime: ColumnType<string | null, string | null | undefined, string | null>;
}

/**
 * The resources of a host that a consumer uses. The consumer is a server, or its migration, which holds the other host
 * during a move. The scheduler inserts the row; it is deleted with the server or after a failed build.
 */
export interface AllocationsTable {
  /** The consumer. */
  instance_id: string;
  consumer_type: Generated<'instance' | 'migration'>;
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
  /** The task that put it here, so that a repeated task is recognised. */
  last_task: string;
  updated_at: DefaultTimestamp;
}

/** Hosts of the fake driver that were set to fail. */
export interface FakeHostsDownTable {
  host: string;
}

export interface ComputeTables {
  fake_hosts_down: FakeHostsDownTable;
  flavors: FlavorsTable;
  flavor_projects: FlavorProjectsTable;
  keypairs: KeypairsTable;
  compute_nodes: ComputeNodesTable;
  allocations: AllocationsTable;
  fake_machines: FakeMachinesTable;
  instance_groups: InstanceGroupsTable;
  aggregates: AggregatesTable;
  aggregate_hosts: AggregateHostsTable;
}
