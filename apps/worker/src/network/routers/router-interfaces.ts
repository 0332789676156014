import { sql } from 'kysely';
import { ExpectedError, isUuid } from '#libs/contracts';
import type { PortData, SubnetData } from '#libs/contracts';
import { updateRow } from '../../resources/resource-rows.js';
import { parseAddress } from '../ipam/address.js';
import { assignRequestedAddresses } from '../ipam/assign-addresses.js';
import { badRequest } from '../network.errors.js';
import { insertPort } from '../ports/insert-port.js';
import { findPort } from '../ports/load-ports.js';
import { servicePort } from '../ports/service-port.js';
import { ROUTER_INTERFACE } from '../ports/port-owners.js';
import { PortManager } from '../ports/port-manager.js';
import { portTable } from '../ports/port-table.js';
import { SubnetManager } from '../subnets/subnet-manager.js';
import { joinSubnets, refuseOverlappingSubnets } from './router-table.js';
import { reportPorts } from './router-work.js';
import type { InterfaceChange, LockedRouter, NamedInterface, RouterWork } from './router-work.js';

/** Parses the body of an action. Error NetworkBadRequest. */
export function namedInterface(body: Readonly<Record<string, unknown>>): NamedInterface {
  const named: NamedInterface = body;
  if (named.port_id === undefined && named.subnet_id === undefined) {
    throw badRequest('router', 'Either subnet_id or port_id must be specified');
  }
  for (const id of [named.port_id, named.subnet_id]) {
    if (id !== undefined && !isUuid(id)) throw badRequest('router', `'${String(id).slice(0, 64)}' is not a valid UUID`);
  }
  return named;
}

/**
 * Connects a router to a subnet, by a new port with the subnet's gateway address, or by an existing port. Errors:
 * SubnetNotFound, PortNotFound, PortInUse, NetworkBadRequest, those of addresses.
 */
export async function addInterface(
  work: RouterWork,
  router: LockedRouter,
  { port_id: portId, subnet_id: subnetId }: NamedInterface,
): Promise<InterfaceChange> {
  if (portId !== undefined && subnetId !== undefined) {
    throw badRequest('router', 'Cannot specify both subnet-id and port-id');
  }
  const added =
    portId === undefined ? await addBySubnet(work, router, String(subnetId)) : await addByPort(work, router, portId);
  await joinSubnets(
    work.tx,
    router.id,
    added.port.id,
    added.subnets.map(({ id }) => id),
  );
  await reportPorts(work.tx, router.id);
  return added;
}

async function addBySubnet(work: RouterWork, router: LockedRouter, subnetId: string): Promise<InterfaceChange> {
  const { tx, shared, context } = work;
  const subnet = await shared.managers.get(SubnetManager).get(context, subnetId, tx);
  if (subnet.gateway_ip === null) throw badRequest('router', 'Subnet for router interface must have a gateway IP');
  if (subnet.project_id !== context.project_id && !context.is_admin) {
    throw badRequest(
      'router',
      `Cannot add interface to router because subnet ${subnetId} is not owned by project making the request`,
    );
  }
  refuseForeignAdvertisements(subnet);
  await refuseOverlappingSubnets(tx, router.id, [subnetId]);
  const address = { subnet_id: subnetId, ip_address: subnet.gateway_ip };
  const present = subnet.ip_version === 6 ? await ipv6Interface(work, router.id, subnet.network_id) : null;
  if (present !== null) {
    await assignRequestedAddresses(tx, present, [address]);
    await updateRow(tx, portTable, present.id, {});
    return { port: present, subnets: [subnet] };
  }
  const port = await insertPort(
    tx,
    servicePort({
      network_id: subnet.network_id,
      project_id: router.project_id,
      device_id: router.id,
      device_owner: ROUTER_INTERFACE,
      fixed_ips: [address],
    }),
    shared.settings.options.baseMac,
  );
  return { port, subnets: [subnet] };
}

async function addByPort(work: RouterWork, router: LockedRouter, portId: string): Promise<InterfaceChange> {
  const { tx, shared, context } = work;
  const port = await shared.managers.get(PortManager).lockVisible(tx, context, portId);
  if (port.device_id !== '') {
    throw new ExpectedError(
      'PortInUse',
      `Unable to complete operation on port ${port.id} for network ${port.network_id}. Port already has an attached device ${port.device_id}.`,
    );
  }
  if (port.fixed_ips.length === 0) throw badRequest('router', 'Router port must have at least one fixed IP');
  const manager = shared.managers.get(SubnetManager);
  const subnets: SubnetData[] = [];
  for (const id of new Set(port.fixed_ips.map(({ subnet_id: subnetId }) => subnetId))) {
    subnets.push(await manager.get(context, id, tx));
  }
  for (const subnet of subnets) refuseForeignAdvertisements(subnet);
  if (subnets.some((subnet) => subnet.ip_version === 6)) await refuseSecondIpv6Port(work, router.id, port);
  await refuseOverlappingSubnets(
    tx,
    router.id,
    subnets.map(({ id }) => id),
  );
  if (subnets.filter((subnet) => subnet.ip_version === 4).length > 1) {
    throw badRequest('router', 'Cannot have multiple IPv4 subnets on router port');
  }
  requireOwnAddresses(work, port, subnets);
  await updateRow(tx, portTable, port.id, { device_id: router.id, device_owner: ROUTER_INTERFACE });
  return { port, subnets };
}

/** Refuses an IPv6 subnet whose routes another router announces. */
function refuseForeignAdvertisements(subnet: SubnetData): void {
  if (subnet.ip_version !== 6 || subnet.ipv6_ra_mode !== null || subnet.ipv6_address_mode === null) return;
  throw badRequest(
    'router',
    `IPv6 subnet ${subnet.id} configured to receive RAs from an external router cannot be added to Neutron Router`,
  );
}

/** Only the subnet's owner may assign an address outside of the pools. */
function requireOwnAddresses({ context }: RouterWork, port: PortData, subnets: readonly SubnetData[]): void {
  if (context.is_admin) return;
  for (const { ip_address: address, subnet_id: id } of port.fixed_ips) {
    const subnet = subnets.find((each) => each.id === id);
    if (subnet === undefined || subnet.project_id === context.project_id || isPooled(subnet, address)) continue;
    throw badRequest(
      'router',
      `Cannot add interface to router because specified port ${port.id} has an IP address out of the allocation pool of subnet ${id}, which is not owned by the project making the request`,
    );
  }
}

function isPooled({ allocation_pools: pools }: SubnetData, text: string): boolean {
  const value = parseAddress(text)?.value ?? -1n;
  return pools.some(({ start, end }) => {
    return value >= (parseAddress(start)?.value ?? 0n) && value <= (parseAddress(end)?.value ?? 0n);
  });
}

/** The router's port with IPv6 addresses on a network: further prefixes are added to it. */
async function ipv6Interface({ tx }: RouterWork, routerId: string, networkId: string): Promise<PortData | null> {
  const found = await sql<{ id: string }>`
    select p.id from ports p join router_interfaces i on i.port_id = p.id join subnets s on s.id = i.subnet_id
    where i.router_id = ${routerId} and p.network_id = ${networkId} and s.ip_version = 6 limit 1`.execute(tx);
  const id = found.rows[0]?.id;
  return id === undefined ? null : findPort(tx, id, true);
}

async function refuseSecondIpv6Port(work: RouterWork, routerId: string, port: PortData): Promise<void> {
  const other = await ipv6Interface(work, routerId, port.network_id);
  if (other === null) return;
  throw badRequest(
    'router',
    `Router already contains IPv6 port ${other.id} belonging to network id ${port.network_id}. Only one IPv6 port from the same network subnet can be connected to a router.`,
  );
}
