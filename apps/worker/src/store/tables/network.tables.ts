import type { Generated, GeneratedAlways } from 'kysely';
import type { AllocationPool, DhcpOption, HostRoute, NetworkData, PortData } from '#libs/contracts';
import type { DefaultJson, DefaultTimestamp, Json, NullableJson } from './column-types.js';

/** neutron's standard attributes, which every resource of the Network API has. */
export interface StandardColumns {
  id: string;
  name: string;
  project_id: string;
  description: string;
  tags: DefaultJson<string[]>;
  revision_number: Generated<number>;
  created_at: DefaultTimestamp;
  updated_at: DefaultTimestamp;
}

export interface NetworksTable extends StandardColumns {
  admin_state_up: boolean;
  status: NetworkData['status'];
  shared: boolean;
  router_external: boolean;
  is_default: boolean;
  mtu: number;
  port_security_enabled: boolean;
  dns_domain: string;
  availability_zone_hints: DefaultJson<string[]>;
  provider_network_type: string;
  provider_physical_network: string | null;
  provider_segmentation_id: number | null;
  qos_policy_id: Generated<string | null>;
}

export interface SubnetsTable extends StandardColumns {
  network_id: string;
  ip_version: 4 | 6;
  cidr: string;
  gateway_ip: string | null;
  enable_dhcp: boolean;
  allocation_pools: Json<AllocationPool[]>;
  dns_nameservers: Json<string[]>;
  host_routes: Json<HostRoute[]>;
  ipv6_ra_mode: string | null;
  ipv6_address_mode: string | null;
  subnetpool_id: Generated<string | null>;
  segment_id: Generated<string | null>;
}

export interface PortsTable extends StandardColumns {
  network_id: string;
  mac_address: string;
  admin_state_up: boolean;
  status: PortData['status'];
  device_id: string;
  device_owner: string;
  security_groups: DefaultJson<string[]>;
  allowed_address_pairs: Json<PortData['allowed_address_pairs']>;
  extra_dhcp_opts: DefaultJson<DhcpOption[]>;
  qos_policy_id: Generated<string | null>;
  port_security_enabled: boolean;
  binding_host_id: string;
  binding_vnic_type: string;
  binding_vif_type: string;
  binding_profile: Json<Record<string, unknown>>;
  binding_vif_details: DefaultJson<Record<string, unknown>>;
  dns_name: string;
  dns_domain: Generated<string>;
  data_plane_status: Generated<string | null>;
  device_profile: Generated<string | null>;
  hardware_offload_type: Generated<string | null>;
  hints: NullableJson<Record<string, unknown>>;
  ip_allocation: Generated<string>;
  numa_affinity_policy: Generated<string | null>;
  propagate_uplink_status: Generated<boolean>;
  trusted: Generated<boolean | null>;
  /**
   * The server for which the port was created, and with which it is deleted; null: the user created it, and it stays.
   */
  created_for_instance: string | null;
  /** The index among its server's NICs, from 0, and the device tag; null unless the server's build bound the port. */
  nic_index: number | null;
  nic_tag: string | null;
}

/** An address of a port. */
export interface IpAllocationsTable {
  subnet_id: string;
  ip_address: string;
  port_id: string;
  /** Increasing: keeps a port's addresses in the order in which they were assigned. */
  position: GeneratedAlways<number>;
}

/** Which projects may use an object of another project. */
export interface RbacPoliciesTable {
  id: string;
  project_id: string;
  object_type: string;
  object_id: string;
  /** A project, or `*`. */
  target_project: string;
  action: string;
}

export interface NetworkTables {
  networks: NetworksTable;
  subnets: SubnetsTable;
  ports: PortsTable;
  ip_allocations: IpAllocationsTable;
  rbac_policies: RbacPoliciesTable;
}
