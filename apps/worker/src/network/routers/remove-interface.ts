import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { HostRoute, PortData, SubnetData } from '#libs/contracts';
import { updateRow } from '../../resources/resource-rows.js';
import type { Transaction } from '../../store/index.js';
import { parseAddress, contains, parseCidr } from '../ipam/address.js';
import { findPort } from '../ports/load-ports.js';
import { portTable } from '../ports/port-table.js';
import { findSubnet } from '../subnets/subnet-table.js';
import { SubnetManager } from '../subnets/subnet-manager.js';
import { refuseProxiedSubnet } from './ndp-proxy-state.js';
import type { InterfaceChange, LockedRouter, NamedInterface, RouterWork } from './router-work.js';

/**
 * Removes a router's interface on all subnets of a port, or on one subnet; the port is deleted with its last one.
 * Errors: SubnetNotFound, RouterInterfaceNotFound, RouterInterfaceNotFoundForSubnet, SubnetMismatchForPort,
 * RouterInterfaceInUseByFloatingIP, RouterInterfaceInUseByRoute.
 */
export function removeInterface(
  work: RouterWork,
  router: LockedRouter,
  { port_id: portId, subnet_id: subnetId }: NamedInterface,
): Promise<InterfaceChange> {
  return portId === undefined
    ? removeBySubnet(work, router, String(subnetId))
    : removeByPort(work, router, portId, subnetId);
}

async function removeByPort(
  { tx }: RouterWork,
  router: LockedRouter,
  portId: string,
  subnetId: string | undefined,
): Promise<InterfaceChange> {
  const joined = await sql<{ subnet_id: string }>`
    select subnet_id from router_interfaces where router_id = ${router.id} and port_id = ${portId}`.execute(tx);
  const port = joined.rows.length === 0 ? null : await findPort(tx, portId, true);
  if (port === null) {
    const text = `Router ${router.id} does not have an interface with id ${portId}`;
    throw new ExpectedError('RouterInterfaceNotFound', text);
  }
  const ids = port.fixed_ips.map((fixedIp) => fixedIp.subnet_id);
  if (subnetId !== undefined && !ids.includes(subnetId)) {
    const text = `Subnet on port ${portId} does not match the requested subnet ${subnetId}.`;
    throw new ExpectedError('SubnetMismatchForPort', text);
  }
  const subnets: SubnetData[] = [];
  for (const id of ids) {
    const subnet = await findSubnet(tx, id);
    if (subnet === null) continue;
    await refuseInterfaceInUse(tx, router, subnet);
    subnets.push(subnet);
  }
  await sql`delete from ports where id = ${portId}`.execute(tx);
  return { port, subnets };
}

async function removeBySubnet(
  { tx, shared, context }: RouterWork,
  router: LockedRouter,
  subnetId: string,
): Promise<InterfaceChange> {
  const subnet = await shared.managers.get(SubnetManager).get(context, subnetId, tx);
  const joined = await sql<{ port_id: string }>`
    select port_id from router_interfaces where router_id = ${router.id} and subnet_id = ${subnetId}`.execute(tx);
  const id = joined.rows[0]?.port_id;
  const port = id === undefined ? null : await findPort(tx, id, true);
  if (port === null) {
    const text = `Router ${router.id} has no interface on subnet ${subnetId}`;
    throw new ExpectedError('RouterInterfaceNotFoundForSubnet', text);
  }
  await refuseInterfaceInUse(tx, router, subnet);
  if (port.fixed_ips.every((fixedIp) => fixedIp.subnet_id === subnetId)) {
    await sql`delete from ports where id = ${port.id}`.execute(tx);
  } else {
    await leaveSubnet(tx, router.id, port, subnetId);
  }
  return { port, subnets: [subnet] };
}

async function leaveSubnet(tx: Transaction, routerId: string, port: PortData, subnetId: string): Promise<void> {
  await sql`delete from router_interfaces where router_id = ${routerId} and subnet_id = ${subnetId}`.execute(tx);
  await sql`delete from ip_allocations where port_id = ${port.id} and subnet_id = ${subnetId}`.execute(tx);
  await updateRow(tx, portTable, port.id, {});
}

/**
 * Checks that nothing uses a router's interface on a subnet. Errors RouterInterfaceInUseByFloatingIP,
 * RouterInterfaceInUseByNDPProxy, RouterInterfaceInUseByRoute. The router's row is locked: new associations wait for
 * it.
 */
export async function refuseInterfaceInUse(
  tx: Transaction,
  router: { readonly id: string; readonly routes: readonly HostRoute[] },
  subnet: Pick<SubnetData, 'id' | 'cidr'>,
): Promise<void> {
  const served = await sql`
    select 1 from floatingips f
    join ip_allocations a on a.port_id = f.port_id and a.ip_address = f.fixed_ip_address
    where f.router_id = ${router.id} and a.subnet_id = ${subnet.id}
    union all
    select 1 from floatingips f
    join port_forwardings t on t.floatingip_id = f.id
    join ip_allocations a on a.port_id = t.internal_port_id and a.ip_address = t.internal_ip_address
    where f.router_id = ${router.id} and a.subnet_id = ${subnet.id} limit 1`.execute(tx);
  const about = `Router interface for subnet ${subnet.id} on router ${router.id} cannot be deleted, as it is required by one or more`;
  if (served.rows.length > 0) throw new ExpectedError('RouterInterfaceInUseByFloatingIP', `${about} floating IPs.`);
  await refuseProxiedSubnet(tx, router.id, subnet.id);
  const cidr = parseCidr(subnet.cidr);
  const leads = router.routes.some(({ nexthop }) => {
    const address = parseAddress(nexthop);
    return cidr !== null && address !== null && contains(cidr, address);
  });
  if (leads) throw new ExpectedError('RouterInterfaceInUseByRoute', `${about} routes.`);
}
