import { sql } from 'kysely';

/** Columns of a row `n` of networks as NetworkData has them. */
export const networkColumns = sql`
  n.id, n.name, n.project_id, n.description, n.tags, n.revision_number, n.created_at, n.updated_at,
  n.admin_state_up, n.status, n.shared, n.router_external, n.is_default, n.mtu, n.port_security_enabled,
  n.dns_domain, n.availability_zone_hints, n.provider_network_type, n.provider_physical_network,
  n.provider_segmentation_id,
  array(select s.id from subnets s where s.network_id = n.id order by s.created_at, s.id) as subnets`;
