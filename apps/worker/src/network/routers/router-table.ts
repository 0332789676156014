import { sql } from 'kysely';
import { Router } from '#libs/contracts';
import { HELD_ROUTERS, zonesOf } from '../agents/agent-scheduling.js';
import { resourceTable } from '../../resources/resource-table.js';

/** How routers (`r`) are read; the gateway is the first of theirs. */
export const routerTable = resourceTable(Router, {
  alias: 'r',
  columns: {
    external_gateway_info: sql`(
      select jsonb_build_object(
        'network_id', p.network_id,
        'enable_snat', r.enable_snat,
        'external_fixed_ips', coalesce((
          select jsonb_agg(jsonb_build_object('subnet_id', a.subnet_id, 'ip_address', host(a.ip_address))
            order by a.position)
          from ip_allocations a where a.port_id = p.id), '[]'::jsonb))
      from router_gateways g join ports p on p.id = g.port_id
      where g.router_id = r.id order by g.position limit 1)`,
    availability_zones: zonesOf(HELD_ROUTERS, sql`r.id`),
    flavor_id: sql`null::text`,
  },
});
