import { sql } from 'kysely';

/** Columns of a row `s` of subnets as SubnetData has them. */
export const subnetColumns = sql`
  s.id, s.name, s.project_id, s.description, s.tags, s.revision_number, s.created_at, s.updated_at,
  s.network_id, s.ip_version, s.cidr::text as cidr, host(s.gateway_ip) as gateway_ip, s.enable_dhcp,
  s.allocation_pools, s.dns_nameservers, s.host_routes, s.ipv6_ra_mode, s.ipv6_address_mode`;
