import { sql } from 'kysely';

/** Columns of a row `p` of ports as PortData has them. */
export const portColumns = sql`
  p.id, p.name, p.project_id, p.description, p.tags, p.revision_number, p.created_at, p.updated_at,
  p.network_id, p.mac_address, p.admin_state_up, p.status, p.device_id, p.device_owner,
  coalesce((
    select jsonb_agg(jsonb_build_object('subnet_id', a.subnet_id, 'ip_address', host(a.ip_address)) order by a.position)
    from ip_allocations a where a.port_id = p.id
  ), '[]'::jsonb) as fixed_ips,
  p.security_groups, p.allowed_address_pairs, p.port_security_enabled, p.binding_host_id, p.binding_vnic_type,
  p.binding_vif_type, p.binding_profile, p.binding_vif_details, p.dns_name`;
