import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { FixedIpInput, GatewayInput, SubnetData } from '#libs/contracts';
import { changeAddresses } from '../ports/change-addresses.js';
import { insertPort } from '../ports/insert-port.js';
import { findPort } from '../ports/load-ports.js';
import { ROUTER_GATEWAY } from '../ports/port-owners.js';
import { servicePort } from '../ports/service-port.js';
import { badRequest } from '../network.errors.js';
import { NetworkManager } from '../networks/network-manager.js';
import { subnetsOf } from '../subnets/load-subnets.js';
import { connectionsOf, requireReachable } from './router-routes.js';
import { refuseOverlappingSubnets } from './router-subnets.js';
import { reportPorts } from './router-work.js';
import type { LockedRouter, RouterWork } from './router-work.js';

interface GatewayPort {
  readonly id: string;
  readonly network_id: string;
}

/**
 * Makes a router's gateway what is asked for; null: it has none. A gateway to the same network keeps its addresses unless
 * others are asked for. Errors: NetworkNotFound, NetworkBadRequest, RouterExternalGatewayInUseByFloatingIp, InvalidRoutes,
 * those of addresses.
 */
export async function setGateway(work: RouterWork, router: LockedRouter, wanted: GatewayInput | null): Promise<void> {
  const { tx } = work;
  const subnets = await checkGateway(work, router, wanted);
  await sql`update routers set enable_snat = ${wanted?.enable_snat ?? true} where id = ${router.id}`.execute(tx);
  const current = await gatewayPort(work, router.id);
  if (wanted !== null && current?.network_id === wanted.network_id) {
    await changeGatewayAddresses(work, current, wanted.external_fixed_ips ?? []);
    return;
  }
  if (current !== undefined) await deleteGateway(work, router.id, current);
  if (wanted === null) return;
  await refuseOverlappingSubnets(
    tx,
    router.id,
    subnets.map(({ id }) => id),
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
  await sql`insert into router_gateways (port_id, router_id) values (${port.id}, ${router.id})`.execute(tx);
  await reportPorts(tx, router.id);
}

/** Takes a router's gateway away. Error RouterExternalGatewayInUseByFloatingIp. */
export async function removeGateway(work: RouterWork, routerId: string): Promise<void> {
  const current = await gatewayPort(work, routerId);
  if (current !== undefined) await deleteGateway(work, routerId, current);
}

/** Answers the subnets of the network that is asked for. */
async function checkGateway(
  { tx, shared, context }: RouterWork,
  router: LockedRouter,
  wanted: GatewayInput | null,
): Promise<readonly SubnetData[]> {
  const subnets = wanted === null ? [] : await subnetsOf(tx, wanted.network_id);
  if (wanted !== null) {
    const network = await shared.managers.get(NetworkManager).get(context, wanted.network_id, tx);
    if (!network.router_external) throw badRequest('router', `Network ${network.id} is not an external network`);
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

async function gatewayPort({ tx }: RouterWork, routerId: string): Promise<GatewayPort | undefined> {
  const found = await sql<GatewayPort>`
    select p.id, p.network_id from router_gateways g join ports p on p.id = g.port_id
    where g.router_id = ${routerId} order by g.position limit 1`.execute(tx);
  return found.rows[0];
}

async function changeGatewayAddresses(
  { tx }: RouterWork,
  { id }: GatewayPort,
  wanted: readonly FixedIpInput[],
): Promise<void> {
  const port = wanted.length === 0 ? null : await findPort(tx, id, true);
  if (port === null) return;
  await changeAddresses(tx, port, wanted);
}

async function deleteGateway({ tx }: RouterWork, routerId: string, port: GatewayPort): Promise<void> {
  // Associations take a share of the router's row first, so none comes between this look and the commit.
  const used = await sql`select 1 from floatingips where router_id = ${routerId} limit 1`.execute(tx);
  if (used.rows.length > 0) {
    throw new ExpectedError(
      'RouterExternalGatewayInUseByFloatingIp',
      `Gateway cannot be updated for router ${routerId}, since a gateway to external network ${port.network_id} is required by one or more floating IPs.`,
    );
  }
  await sql`delete from ports where id = ${port.id}`.execute(tx);
}
