import { sql } from 'kysely';
import { Router } from '#libs/contracts';
import { HELD_ROUTERS, zonesOf } from '../agents/agent-scheduling.js';
import { resourceTable } from '../../resources/resource-table.js';

const gateway = sql`
    'network_id', p.network_id,
    'enable_snat', coalesce(g.enable_snat, r.enable_snat),
    'external_fixed_ips', coalesce((
      select jsonb_agg(jsonb_build_object('subnet_id', a.subnet_id, 'ip_address', host(a.ip_address))
        order by a.position)
      from ip_allocations a where a.port_id = p.id), '[]'::jsonb)`;

/** The gateways of routers `r`, the first one first. */
const gateways = sql`
  from router_gateways g join ports p on p.id = g.port_id join networks n on n.id = p.network_id
  where g.router_id = r.id order by g.position`;

/** As neutron's l3_gateway_ip_qos: told where the gateway has a policy, or its network. */
const withPolicy = sql`
  case when coalesce(g.qos_policy_id, n.qos_policy_id) is null then '{}'::jsonb
    else jsonb_build_object('qos_policy_id', g.qos_policy_id) end`;

const hasGateway = sql`exists (select 1 from router_gateways g where g.router_id = r.id)`;

/** How routers (`r`) are read; the gateway is the first of theirs. */
export const routerTable = resourceTable(Router, {
  alias: 'r',
  columns: {
    external_gateway_info: sql`(select jsonb_build_object(${gateway}) || ${withPolicy} ${gateways} limit 1)`,
    external_gateways: sql`array(select jsonb_build_object(${gateway}) ${gateways})`,
    availability_zones: zonesOf(HELD_ROUTERS, sql`r.id`),
    enable_ndp_proxy: sql`(r.enable_ndp_proxy and ${hasGateway})`,
    conntrack_helpers: sql`coalesce((
      select jsonb_agg(jsonb_build_object('protocol', c.protocol, 'port', c.port, 'helper', c.helper) order by c.id)
      from conntrack_helpers c where c.router_id = r.id), '[]'::jsonb)`,
  },
  filters: {
    enable_ndp_proxy: (values) =>
      sql<boolean>`(r.enable_ndp_proxy and ${hasGateway})::text = any(${values.map((one) => one.toLowerCase())}::text[])`,
  },
});
