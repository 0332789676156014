import { objectType } from '../objects/versioned-object.js';
import type { Page } from '../objects/versioned-object.js';

/** Fields that every Network API resource has; times ISO 8601 UTC with `Z`. */
export interface StandardAttributes {
  readonly id: string;
  readonly name: string;
  readonly project_id: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly revision_number: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface NetworkData extends StandardAttributes {
  readonly admin_state_up: boolean;
  readonly status: 'ACTIVE' | 'DOWN' | 'BUILD' | 'ERROR';
  readonly shared: boolean;
  readonly router_external: boolean;
  readonly is_default: boolean;
  readonly mtu: number;
  readonly port_security_enabled: boolean;
  readonly dns_domain: string;
  readonly availability_zone_hints: readonly string[];
  readonly provider_network_type: string;
  readonly provider_physical_network: string | null;
  readonly provider_segmentation_id: number | null;
  /** Ids of its subnets. */
  readonly subnets: readonly string[];
}

export interface AllocationPool {
  readonly start: string;
  readonly end: string;
}

export interface HostRoute {
  readonly destination: string;
  readonly nexthop: string;
}

export interface SubnetData extends StandardAttributes {
  readonly network_id: string;
  readonly ip_version: 4 | 6;
  readonly cidr: string;
  readonly gateway_ip: string | null;
  readonly enable_dhcp: boolean;
  readonly allocation_pools: readonly AllocationPool[];
  readonly dns_nameservers: readonly string[];
  readonly host_routes: readonly HostRoute[];
  readonly ipv6_ra_mode: string | null;
  readonly ipv6_address_mode: string | null;
}

export interface FixedIp {
  readonly subnet_id: string;
  readonly ip_address: string;
}

export interface PortData extends StandardAttributes {
  readonly network_id: string;
  readonly mac_address: string;
  readonly admin_state_up: boolean;
  readonly status: 'ACTIVE' | 'DOWN' | 'BUILD' | 'ERROR';
  readonly device_id: string;
  readonly device_owner: string;
  readonly fixed_ips: readonly FixedIp[];
  readonly security_groups: readonly string[];
  readonly allowed_address_pairs: readonly { readonly ip_address: string; readonly mac_address?: string }[];
  readonly port_security_enabled: boolean;
  readonly binding_host_id: string;
  readonly binding_vnic_type: string;
  readonly binding_vif_type: string;
  readonly binding_profile: Readonly<Record<string, unknown>>;
  readonly binding_vif_details: Readonly<Record<string, unknown>>;
  readonly dns_name: string;
}

/** What a project may have of each resource (-1: no limit), and has. */
export type NetworkQuotaData = Readonly<
  Record<'network' | 'subnet' | 'port', { readonly limit: number; readonly used: number }>
>;

export const NetworkQuota = objectType<NetworkQuotaData>('NetworkQuota', '1.0');
export const Network = objectType<NetworkData>('Network', '1.0');
export const NetworkPage = objectType<Page<NetworkData>>('NetworkPage', '1.0');
export const Subnet = objectType<SubnetData>('Subnet', '1.0');
export const SubnetPage = objectType<Page<SubnetData>>('SubnetPage', '1.0');
export const Port = objectType<PortData>('Port', '1.0');
export const PortPage = objectType<Page<PortData>>('PortPage', '1.0');
