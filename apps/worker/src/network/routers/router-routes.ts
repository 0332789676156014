import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { HostRoute } from '#libs/contracts';
import type { Queries } from '../../store/index.js';
import { parseAddress, contains, parseCidr } from '../ipam/address.js';

/** The most extra routes of a router (neutron's default of `quota_router_route`). */
const MOST_ROUTES = 30;

/** Next hops are checked against these: the networks on which a router is, and its own addresses. */
export interface Connections {
  readonly cidrs: readonly string[];
  readonly addresses: readonly string[];
}

/** The networks and addresses of a router's ports; `interfaces`: without its gateways. */
export async function connectionsOf(db: Queries, routerId: string, ports: 'all' | 'interfaces'): Promise<Connections> {
  const gateways =
    ports === 'interfaces' ? sql`` : sql`union select port_id from router_gateways where router_id = ${routerId}`;
  const found = await sql<{ cidr: string; address: string }>`
    select s.cidr::text, host(a.ip_address) as address
    from ip_allocations a join subnets s on s.id = a.subnet_id
    where a.port_id in (select port_id from router_interfaces where router_id = ${routerId} ${gateways})`.execute(db);
  return { cidrs: found.rows.map(({ cidr }) => cidr), addresses: found.rows.map(({ address }) => address) };
}

/** Checks that every next hop is a neighbour of the router. Errors: InvalidRoutes, OverQuota for too many. */
export function requireReachable(routes: readonly HostRoute[], { cidrs, addresses }: Connections): void {
  for (const { nexthop } of routes) {
    const address = parseAddress(nexthop);
    const isConnected = cidrs.some((text) => {
      const cidr = parseCidr(text);
      return cidr !== null && address !== null && contains(cidr, address);
    });
    if (!isConnected) throw invalidRoutes(routes, 'the nexthop is not connected with router');
    if (addresses.includes(nexthop)) throw invalidRoutes(routes, 'the nexthop is used by router');
  }
  if (routes.length > MOST_ROUTES) {
    throw new ExpectedError('OverQuota', "Quota exceeded for resources: ['router_route'].", { limit: MOST_ROUTES });
  }
}

/** Both lists, each route once. */
export function addedRoutes(routes: readonly HostRoute[], added: readonly HostRoute[]): readonly HostRoute[] {
  const all = new Map([...routes, ...added].map((route) => [keyOf(route), route]));
  return [...all.values()];
}

/** The first list without the routes of the second; the second may name routes that the first does not have. */
export function remainingRoutes(routes: readonly HostRoute[], removed: readonly HostRoute[]): readonly HostRoute[] {
  const gone = new Set(removed.map(keyOf));
  return routes.filter((route) => !gone.has(keyOf(route)));
}

function keyOf({ destination, nexthop }: HostRoute): string {
  return `${destination} ${nexthop}`;
}

function invalidRoutes(routes: readonly HostRoute[], reason: string): ExpectedError {
  const list = routes.map(({ destination, nexthop }) => `{'destination': '${destination}', 'nexthop': '${nexthop}'}`);
  return new ExpectedError('InvalidRoutes', `Invalid format for routes: [${list.join(', ')}], ${reason}`);
}
