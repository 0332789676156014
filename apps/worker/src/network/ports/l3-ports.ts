import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { FixedIpInput, HostRoute, PortData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Transaction } from '../../store/index.js';
import { formatAddress, parseAddress } from '../ipam/address.js';
import { dropForwardingsOf } from '../floating-ips/forwarded-ports.js';
import { badRequest } from '../network.errors.js';
import { joinSubnets, refuseOverlappingSubnets } from '../routers/router-table.js';
import { PROJECT_ROUTER_INTERFACES } from './port-owners.js';
import { refuseInterfaceInUse } from '../routers/remove-interface.js';

// Effects on routers and floating IPs when a port is changed or deleted through the port API (neutron's l3_db).

/** Locks the router that has a port as its interface; the router is locked before the port. */
export async function lockRouterOf(tx: Transaction, portId: string): Promise<void> {
  await sql`
    select 1 from routers where id in (select router_id from router_interfaces where port_id = ${portId})
    order by id for no key update`.execute(tx);
}

/** Error ServicePortInUse for a port of a router or floating IP: it is deleted together with that. */
export async function refuseServicePort(tx: Transaction, port: PortData): Promise<void> {
  const served = await sql`
    select 1 from router_interfaces where port_id = ${port.id}
    union all select 1 from router_gateways where port_id = ${port.id}
    union all select 1 from local_ips where local_port_id = ${port.id}
    union all select 1 from floatingips where floating_port_id = ${port.id} limit 1`.execute(tx);
  if (served.rows.length === 0) return;
  const text = `Port ${port.id} cannot be deleted directly via the port API: has device owner ${port.device_owner}.`;
  throw new ExpectedError('ServicePortInUse', text);
}

/**
 * Error DeviceIDNotOwnedByTenant if a user declares a port as an interface of another project's router (neutron's
 * _enforce_device_owner_not_router_intf_or_device_id).
 * @param owner the project of the port
 */
export async function refuseForeignRouter(
  tx: Transaction,
  context: RequestContext,
  { device_id: device, device_owner: kind }: Pick<PortData, 'device_id' | 'device_owner'>,
  owner: string,
): Promise<void> {
  if (context.is_admin || device === '' || !PROJECT_ROUTER_INTERFACES.includes(kind)) return;
  const foreign = await sql`select 1 from routers where id = ${device} and project_id <> ${owner}`.execute(tx);
  if (foreign.rows.length === 0) return;
  const text = `The following device_id ${device} is not owned by your project or matches another project's router.`;
  throw new ExpectedError('DeviceIDNotOwnedByTenant', text);
}

/** Error FipAssociated if a user deletes a port to which another project's floating IP leads. */
export async function refuseForeignFloatingIps(
  tx: Transaction,
  portId: string,
  context: RequestContext,
): Promise<void> {
  if (context.is_admin) return;
  const foreign = await sql`
    select 1 from floatingips where port_id = ${portId} and project_id <> ${context.project_id} limit 1`.execute(tx);
  if (foreign.rows.length === 0) return;
  const text = `Unable to complete the operation on port ${portId} because the port still has an associated floating IP.`;
  throw new ExpectedError('FipAssociated', text);
}

/** Disassociates floating IPs from ports that are about to be deleted; the ports are locked. */
export async function disassociate(tx: Transaction, portIds: readonly string[]): Promise<void> {
  if (portIds.length === 0) return;
  await sql`
    update floatingips set port_id = null, fixed_ip_address = null, router_id = null, status = 'DOWN',
      revision_number = revision_number + 1, updated_at = business_now()
    where port_id = any(${[...portIds]}::text[])`.execute(tx);
  await dropForwardingsOf(tx, portIds);
}

/** Error NetworkBadRequest if a change would remove the address to which a floating IP leads. */
export async function refuseMovedAddress(
  tx: Transaction,
  portId: string,
  wanted: readonly FixedIpInput[] | undefined,
): Promise<void> {
  if (wanted === undefined) return;
  const kept = wanted.flatMap(({ ip_address: text }) => {
    const address = text === undefined ? null : parseAddress(text);
    return address === null ? [] : [formatAddress(address)];
  });
  const lost = await sql`
    select 1 from floatingips
    where port_id = ${portId} and host(fixed_ip_address) <> all(${kept}::text[]) limit 1`.execute(tx);
  if (lost.rows.length === 0) return;
  throw badRequest(
    'port',
    `Cannot update the fixed_ips of the port ${portId}, because its original fixed_ip has been associated to a floating ip`,
  );
}

/**
 * After a change of its addresses, a router's interface leads to other subnets. The router is locked. Errors:
 * RouterInterfaceInUseByFloatingIP, RouterInterfaceInUseByRoute, NetworkBadRequest.
 */
export async function followAddresses(tx: Transaction, portId: string): Promise<void> {
  const found = await sql<{ id: string; routes: readonly HostRoute[] }>`
    select r.id, r.routes from routers r
    where r.id in (select router_id from router_interfaces where port_id = ${portId})`.execute(tx);
  const [router] = found.rows;
  if (router === undefined) return;
  const present = sql`(select subnet_id from ip_allocations where port_id = ${portId})`;
  const left = await sql<{ id: string; cidr: string }>`
    select s.id, s.cidr::text from router_interfaces i join subnets s on s.id = i.subnet_id
    where i.port_id = ${portId} and i.subnet_id not in ${present}`.execute(tx);
  for (const subnet of left.rows) {
    await refuseInterfaceInUse(tx, router, subnet);
    await sql`delete from router_interfaces where port_id = ${portId} and subnet_id = ${subnet.id}`.execute(tx);
  }
  const joined = await sql<{ subnet_id: string }>`
    select distinct subnet_id from ip_allocations where port_id = ${portId}
      and subnet_id not in (select subnet_id from router_interfaces where port_id = ${portId})`.execute(tx);
  const ids = joined.rows.map((row) => row.subnet_id);
  if (ids.length === 0) return;
  await refuseOverlappingSubnets(tx, router.id, ids);
  await joinSubnets(tx, router.id, portId, ids);
}
