import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { Router } from '#libs/contracts';
import { badRequest } from '../network.errors.js';
import type { Transaction } from '../../store/index.js';
import { HELD_ROUTERS, zonesOf } from '../agents/agent-scheduling.js';
import { resourceTable } from '../../resources/resource-table.js';

/** Records that a router reaches subnets by a port. Error NetworkBadRequest if it already reaches one of them. */
export async function joinSubnets(
  tx: Transaction,
  routerId: string,
  portId: string,
  subnetIds: readonly string[],
): Promise<void> {
  for (const id of subnetIds) {
    const joined = await sql`
      insert into router_interfaces (router_id, subnet_id, port_id) values (${routerId}, ${id}, ${portId})
      on conflict do nothing`.execute(tx);
    if (joined.numAffectedRows !== 1n) throw badRequest('router', `Router already has a port on subnet ${id}`);
  }
}

/**
 * A condition on subnets `s` that selects those to which a router leads, including all subnets of a gateway's network.
 */
function subnetsOfRouter(routerId: string): RawBuilder<boolean> {
  return sql<boolean>`(
    s.id in (select subnet_id from router_interfaces where router_id = ${routerId})
    or s.network_id in (
      select p.network_id from router_gateways g join ports p on p.id = g.port_id where g.router_id = ${routerId}))`;
}

/**
 * Checks that a router whose row is locked may lead to further subnets. Error NetworkBadRequest if one overlaps with an
 * existing one; `sameNetwork` allows a second gateway on the same network.
 */
export async function refuseOverlappingSubnets(
  tx: Transaction,
  routerId: string,
  subnetIds: readonly string[],
  sameNetwork = false,
): Promise<void> {
  const found = await sql<{ id: string; cidr: string; other_id: string; other_cidr: string }>`
    select n.id, n.cidr::text, s.id as other_id, s.cidr::text as other_cidr
    from subnets s join subnets n on n.cidr && s.cidr
    where n.id = any(${[...subnetIds]}::text[]) and ${subnetsOfRouter(routerId)}
      and not (${sameNetwork} and s.network_id = n.network_id)
    order by s.id limit 1`.execute(tx);
  const [overlap] = found.rows;
  if (overlap === undefined) return;
  if (overlap.id === overlap.other_id) throw badRequest('router', `Router already has a port on subnet ${overlap.id}`);
  throw badRequest(
    'router',
    `Cidr ${overlap.cidr} of subnet ${overlap.id} overlaps with cidr ${overlap.other_cidr} of subnet ${overlap.other_id}`,
  );
}

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

/** As neutron's l3_gateway_ip_qos: included if the gateway, or its network, has a policy. */
const withPolicy = sql`
  case when coalesce(g.qos_policy_id, n.qos_policy_id) is null then '{}'::jsonb
    else jsonb_build_object('qos_policy_id', g.qos_policy_id) end`;

const hasGateway = sql`exists (select 1 from router_gateways g where g.router_id = r.id)`;

/** How routers (`r`) are read; `external_gateway_info` is the first of their gateways. */
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
