import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { FixedIpInput, GatewayInput, PortData, SubnetData } from '#libs/contracts';
import { changeAddresses } from '../ports/change-addresses.js';
import { insertPort } from '../ports/insert-port.js';
import { findPort } from '../ports/load-ports.js';
import { servicePort } from '../ports/service-port.js';
import { ROUTER_GATEWAY } from '../ports/port-owners.js';
import { badRequest } from '../network.errors.js';
import { NetworkManager } from '../networks/network-manager.js';
import { QosPolicyManager } from '../qos/qos-policy-manager.js';
import { subnetsOf } from '../subnets/subnet-table.js';
import { refuseProxiedGateway } from './ndp-proxy-state.js';
import { connectionsOf, requireReachable } from './router-routes.js';
import { refuseOverlappingSubnets } from './router-table.js';
import { reportPorts } from './router-work.js';
import type { LockedRouter, RouterWork } from './router-work.js';

interface GatewayPort {
  readonly id: string;
  readonly network_id: string;
}

/**
 * Sets a router's gateway; null removes it, and the next of several takes its place. A gateway on the same network
 * keeps its addresses unless the request names others. Errors: NetworkNotFound, NetworkBadRequest,
 * RouterExternalGatewayInUseByFloatingIp, RouterGatewayInUseByNDPProxy, InvalidRoutes, those of addresses.
 */
export async function setGateway(work: RouterWork, router: LockedRouter, wanted: GatewayInput | null): Promise<void> {
  const { tx } = work;
  const subnets = await checkGateway(work, router, wanted);
  await sql`update routers set enable_snat = ${wanted?.enable_snat ?? true} where id = ${router.id}`.execute(tx);
  const [current] = await gatewayPorts(work, router.id);
  if (wanted !== null && current?.network_id === wanted.network_id) {
    const policy = wanted.qos_policy_id === undefined ? sql`qos_policy_id` : sql`${wanted.qos_policy_id}`;
    await sql`
      update router_gateways set enable_snat = null, qos_policy_id = ${policy} where port_id = ${current.id}`.execute(
      tx,
    );
    await changeGatewayAddresses(work, current, wanted.external_fixed_ips ?? []);
    return;
  }
  if (current !== undefined) await deleteGateway(work, router.id, current);
  if (wanted === null) return;
  await insertGateway(work, router, wanted, subnets, null);
  if (current !== undefined) await makeFirst(work, router.id, wanted.network_id);
}

/** Adds a further gateway. Errors as for setGateway. */
export async function addGateway(work: RouterWork, router: LockedRouter, wanted: GatewayInput): Promise<void> {
  if ((await gatewayPorts(work, router.id)).length === 0) return setGateway(work, router, wanted);
  const subnets = await checkGateway(work, router, wanted);
  await insertGateway(work, router, wanted, subnets, wanted.enable_snat ?? true);
}

async function insertGateway(
  work: RouterWork,
  router: LockedRouter,
  wanted: GatewayInput,
  subnets: readonly SubnetData[],
  snat: boolean | null,
): Promise<void> {
  const { tx } = work;
  await refuseOverlappingSubnets(
    tx,
    router.id,
    subnets.map(({ id }) => id),
    true,
  );
  const { external_fixed_ips: addresses = [] } = wanted;
  const port = await insertPort(
    tx,
    servicePort({
      network_id: wanted.network_id,
      project_id: '',
      device_id: router.id,
      device_owner: ROUTER_GATEWAY,
      fixed_ips: addresses.length === 0 ? undefined : addresses,
    }),
    work.shared.settings.options.baseMac,
  );
  await sql`
    insert into router_gateways (port_id, router_id, enable_snat, qos_policy_id)
    values (${port.id}, ${router.id}, ${snat}, ${wanted.qos_policy_id ?? null})`.execute(tx);
  await reportPorts(tx, router.id);
}

/** Makes a gateway the first one, which clients see that know only one gateway. */
export async function makeFirst({ tx }: RouterWork, routerId: string, networkId: string): Promise<void> {
  await sql`
    update router_gateways set position = (
      select min(g.position) - 1 from router_gateways g where g.router_id = ${routerId})
    where port_id = (
      select g.port_id from router_gateways g join ports p on p.id = g.port_id
      where g.router_id = ${routerId} and p.network_id = ${networkId} order by g.position limit 1)`.execute(tx);
}

/** Removes all of a router's gateways. Errors: RouterExternalGatewayInUseByFloatingIp, RouterGatewayInUseByNDPProxy. */
export async function removeGateways(work: RouterWork, routerId: string): Promise<void> {
  for (const port of await gatewayPorts(work, routerId)) await deleteGateway(work, routerId, port);
}

/** Returns the subnets of the requested network. */
async function checkGateway(
  { tx, shared, context }: RouterWork,
  router: LockedRouter,
  wanted: GatewayInput | null,
): Promise<readonly SubnetData[]> {
  const subnets = wanted === null ? [] : await subnetsOf(tx, wanted.network_id);
  if (wanted !== null) {
    const network = await shared.managers.get(NetworkManager).get(context, wanted.network_id, tx);
    if (!network.router_external) throw badRequest('router', `Network ${network.id} is not an external network`);
    await shared.managers.get(QosPolicyManager).refer(tx, context, wanted.qos_policy_id);
    const taken = wanted.external_fixed_ips?.find(
      ({ ip_address: address }) => address !== undefined && subnets.some(({ gateway_ip: ip }) => ip === address),
    );
    if (taken !== undefined) {
      throw badRequest('router', `External IP ${String(taken.ip_address)} is the same as the gateway IP`);
    }
  }
  if (router.routes.length > 0) {
    const inner = await connectionsOf(tx, router.id, 'interfaces');
    const connections = { ...inner, cidrs: [...inner.cidrs, ...subnets.map(({ cidr }) => cidr)] };
    const isNowhere = connections.cidrs.length === 0;
    requireReachable(router.routes, isNowhere ? await connectionsOf(tx, router.id, 'all') : connections);
  }
  return subnets;
}

/** A router's gateways, the first one first. */
export async function gatewayPorts({ tx }: RouterWork, routerId: string): Promise<readonly GatewayPort[]> {
  const found = await sql<GatewayPort>`
    select p.id, p.network_id from router_gateways g join ports p on p.id = g.port_id
    where g.router_id = ${routerId} order by g.position`.execute(tx);
  return found.rows;
}

export async function changeGatewayAddresses(
  { tx }: RouterWork,
  { id }: GatewayPort,
  wanted: readonly FixedIpInput[],
): Promise<void> {
  const port = wanted.length === 0 ? null : await findPort(tx, id, true);
  if (port === null || !isChange(port.fixed_ips, wanted)) return;
  await changeAddresses(tx, port, wanted);
}

/**
 * As in neutron: a request with the same subnets and no other explicit address does not add an address from a subnet
 * that is already there.
 */
function isChange(current: PortData['fixed_ips'], wanted: readonly FixedIpInput[]): boolean {
  return (['subnet_id', 'ip_address'] as const).some((key) => {
    const asked = new Set(wanted.flatMap((ip) => ip[key] ?? []));
    return !isDeepStrictEqual(new Set(current.map((ip) => ip[key])), asked);
  });
}

export async function deleteGateway(work: RouterWork, routerId: string, port: GatewayPort): Promise<void> {
  const { tx } = work;
  const others = (await gatewayPorts(work, routerId)).filter(({ id }) => id !== port.id);
  // Associations lock the router's row as shared first, so none can happen between this check and the commit.
  const used = await sql`
    select 1 from floatingips
    where router_id = ${routerId} and floating_network_id = ${port.network_id} limit 1`.execute(tx);
  if (used.rows.length > 0 && others.every((other) => other.network_id !== port.network_id)) {
    throw new ExpectedError(
      'RouterExternalGatewayInUseByFloatingIp',
      `Gateway cannot be updated for router ${routerId}, since a gateway to external network ${port.network_id} is required by one or more floating IPs.`,
    );
  }
  if (others.length === 0) await refuseProxiedGateway(tx, routerId);
  await sql`delete from ports where id = ${port.id}`.execute(tx);
}
