import type { Generated, GeneratedAlways } from 'kysely';
import type { AllocationPool, HostRoute, NetworkData, PortData } from '#libs/contracts';
import type { DefaultJson, DefaultTimestamp, Json } from './column-types.js';

/** What every kind of the Network API has. */
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
  port_security_enabled: boolean;
  binding_host_id: string;
  binding_vnic_type: string;
  binding_vif_type: string;
  binding_profile: Json<Record<string, unknown>>;
  binding_vif_details: DefaultJson<Record<string, unknown>>;
  dns_name: string;
  /** The server for which the port was made, with which it goes; null: the user made it, it stays. */
  created_for_instance: string | null;
}

/** An address that a port has. */
export interface IpAllocationsTable {
  subnet_id: string;
  ip_address: string;
  port_id: string;
  /** Grows: a port's addresses keep the order in which they were given. */
  position: GeneratedAlways<number>;
}

export interface NetworkTables {
  networks: NetworksTable;
  subnets: SubnetsTable;
  ports: PortsTable;
  ip_allocations: IpAllocationsTable;
}
