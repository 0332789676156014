import type { SubnetData } from '#libs/contracts';
import { viewTime } from '../view-time.js';

/** A subnet as the API shows it. There are no subnet pools, so its pool is always null. */
export function subnetView(subnet: SubnetData): Readonly<Record<string, unknown>> {
  return {
    id: subnet.id,
    name: subnet.name,
    tenant_id: subnet.project_id,
    network_id: subnet.network_id,
    ip_version: subnet.ip_version,
    subnetpool_id: null,
    enable_dhcp: subnet.enable_dhcp,
    ipv6_ra_mode: subnet.ipv6_ra_mode,
    ipv6_address_mode: subnet.ipv6_address_mode,
    gateway_ip: subnet.gateway_ip,
    cidr: subnet.cidr,
    allocation_pools: subnet.allocation_pools,
    host_routes: subnet.host_routes,
    dns_nameservers: subnet.dns_nameservers,
    project_id: subnet.project_id,
    description: subnet.description,
    tags: subnet.tags,
    created_at: viewTime(subnet.created_at),
    updated_at: viewTime(subnet.updated_at),
    revision_number: subnet.revision_number,
  };
}
