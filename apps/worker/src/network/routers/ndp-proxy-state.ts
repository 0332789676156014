import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { GatewayInput } from '#libs/contracts';
import type { Queries, Transaction } from '../../store/index.js';

/**
 * Facts about a router's gateway that decide whether the router can answer for NDP proxies (neutron's ndp_proxy
 * plugin).
 */
interface GatewayFacts {
  /** Its network has an IPv6 subnet from a pool with an address scope. */
  readonly scoped: boolean;
  /** The gateway itself has an IPv6 address. */
  readonly addressed: boolean;
}

async function gatewayFacts(db: Queries, routerId: string): Promise<GatewayFacts | undefined> {
  const { rows } = await sql<GatewayFacts>`
    select exists (
        select 1 from subnets s join subnetpools l on l.id = s.subnetpool_id
        where s.network_id = p.network_id and s.ip_version = 6 and l.address_scope_id is not null) as scoped,
      exists (select 1 from ip_allocations a where a.port_id = p.id and family(a.ip_address) = 6) as addressed
    from router_gateways g join ports p on p.id = g.port_id
    where g.router_id = ${routerId} order by g.position limit 1`.execute(db);
  return rows[0];
}

function notValid(routerId: string, reason: string): ExpectedError {
  return new ExpectedError('RouterGatewayNotValid', `Can not enable ndp proxy on router ${routerId}, ${reason}.`);
}

async function setState(tx: Transaction, routerId: string, on: boolean): Promise<void> {
  await sql`update routers set enable_ndp_proxy = ${on} where id = ${routerId}`.execute(tx);
}

/** Called after a router was created with its gateway. Error RouterGatewayNotValid. */
export async function startNdpProxy(
  tx: Transaction,
  routerId: string,
  wanted: boolean | null | undefined,
  byDefault: boolean,
): Promise<void> {
  if (wanted === false || (wanted !== true && !byDefault)) return;
  const facts = await gatewayFacts(tx, routerId);
  if (facts === undefined && wanted === true) {
    throw notValid(routerId, 'The request body not contain external gateway information');
  }
  if (facts?.scoped === true) return setState(tx, routerId, true);
  if (wanted === true) {
    throw notValid(
      routerId,
      'The external network does not support IPv6 ndp proxy, the network has no IPv6 subnets or has no IPv6 address scope',
    );
  }
}

/**
 * Called after a router, and perhaps its gateway, was changed. Errors: RouterGatewayNotValid, RouterIPv6GatewayInUse.
 */
export async function changeNdpProxy(
  tx: Transaction,
  routerId: string,
  wanted: boolean | null | undefined,
  before: boolean,
  gateway: GatewayInput | null | undefined,
): Promise<void> {
  if (gateway === null) {
    if (wanted === true) throw notValid(routerId, "The router's external gateway will be unset");
    return setState(tx, routerId, false);
  }
  const facts = await gatewayFacts(tx, routerId);
  if (wanted === true && !(facts?.scoped === true && facts.addressed)) {
    throw notValid(
      routerId,
      'The router has no external gateway or the external gateway port has no IPv6 address or IPv6 address scope',
    );
  }
  if (before && gateway !== undefined && facts?.addressed !== true) {
    throw new ExpectedError(
      'RouterIPv6GatewayInUse',
      `Can't remove the IPv6 subnet from external gateway of router ${routerId}, the IPv6 subnet in use by the router's ndp proxy.`,
    );
  }
  if (typeof wanted === 'boolean') await setState(tx, routerId, wanted);
}

/** Error RouterGatewayInUseByNDPProxy: proxies need the gateway. */
export async function refuseProxiedGateway(tx: Transaction, routerId: string): Promise<void> {
  const found = await sql`select 1 from ndp_proxies where router_id = ${routerId} limit 1`.execute(tx);
  if (found.rows.length === 0) return;
  const text = `Unable to unset external gateway of router ${routerId}, There are one or more ndp proxies still in use on the router.`;
  throw new ExpectedError('RouterGatewayInUseByNDPProxy', text);
}

/** Error RouterInterfaceInUseByNDPProxy: an address of the subnet is proxied. */
export async function refuseProxiedSubnet(tx: Transaction, routerId: string, subnetId: string): Promise<void> {
  const found = await sql`
    select 1 from ndp_proxies n
    join ip_allocations a on a.port_id = n.port_id and a.ip_address = n.ip_address
    where n.router_id = ${routerId} and a.subnet_id = ${subnetId} limit 1`.execute(tx);
  if (found.rows.length === 0) return;
  const text = `Unable to remove subnet ${subnetId} from router ${routerId}, There are one or more ndp proxies still in use on the subnet.`;
  throw new ExpectedError('RouterInterfaceInUseByNDPProxy', text);
}
