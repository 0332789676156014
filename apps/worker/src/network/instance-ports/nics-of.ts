import { sql } from 'kysely';
import type { InstanceNic } from '#libs/contracts';
import type { Queries } from '../../store/index.js';
import { belongsTo, nicOrder } from './instance-ref.js';
import type { InstanceRef } from './instance-ref.js';

/** A server's NICs in the order asked for, with what their networks and subnets say of themselves. */
export async function nicsOf(db: Queries, instance: InstanceRef): Promise<readonly InstanceNic[]> {
  const result = await sql<InstanceNic>`
    select p.id as port_id, p.mac_address, p.binding_vif_type as vif_type, p.nic_tag as tag, p.network_id, n.mtu,
      coalesce((
        select jsonb_agg(
          jsonb_build_object(
            'ip_address', host(a.ip_address), 'ip_version', s.ip_version, 'cidr', s.cidr, 'gateway_ip', s.gateway_ip,
            'enable_dhcp', s.enable_dhcp, 'ipv6_address_mode', s.ipv6_address_mode,
            'dns_nameservers', s.dns_nameservers, 'host_routes', s.host_routes
          ) order by a.position)
        from ip_allocations a join subnets s on s.id = a.subnet_id where a.port_id = p.id
      ), '[]'::jsonb) as fixed_ips
    from ports p join networks n on n.id = p.network_id
    where ${belongsTo(instance)}
    order by ${nicOrder}`.execute(db);
  return result.rows;
}
