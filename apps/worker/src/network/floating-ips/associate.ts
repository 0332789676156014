import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { FixedIp, PortData } from '#libs/contracts';
import { parseAddress } from '../ipam/address.js';
import { badRequest } from '../network.errors.js';
import { PortManager } from '../ports/port-manager.js';
import type { RouterWork } from '../routers/router-work.js';

/** The floating IP to associate with a port. */
export interface AssociatedIp {
  readonly project_id: string;
  readonly floating_network_id: string;
}

/** The target of a floating IP. */
export interface Association {
  readonly port_id: string;
  readonly fixed_ip_address: string;
  readonly router_id: string;
}

/**
 * Finds the port's address for a floating IP, and the router that connects both. Locks the router and then the port,
 * both shared, so that none of them changes until the commit. Errors: PortNotFound,
 * ExternalGatewayForFloatingIPNotFound, NetworkBadRequest.
 */
export async function associate(
  work: RouterWork,
  floatingIp: AssociatedIp,
  portId: string,
  wanted: string | null,
): Promise<Association> {
  const { tx, shared, context } = work;
  const ports = shared.managers.get(PortManager);
  const seen = await ports.get(context, portId, tx);
  await sql`
    select 1 from routers where id in (
      select i.router_id from router_interfaces i join subnets s on s.id = i.subnet_id
      where s.network_id = ${seen.network_id})
    order by id for share`.execute(tx);
  await sql`select 1 from ports where id = ${portId} for share`.execute(tx);
  const port = await ports.get(context, portId, tx);
  if (port.project_id !== floatingIp.project_id && !context.is_admin) {
    throw badRequest(
      'floatingip',
      `Cannot process floating IP association with Port ${portId}, since that port is owned by a different project`,
    );
  }
  if (port.device_owner === 'network:dhcp') {
    throw badRequest('floatingip', `Port ${portId} is unable to be assigned a floating IP`);
  }
  const fixedIp = chosenAddress(port, wanted);
  const routerId = await joiningRouter(work, fixedIp.subnet_id, floatingIp.floating_network_id);
  if (routerId === undefined) {
    throw new ExpectedError(
      'ExternalGatewayForFloatingIPNotFound',
      `External network ${floatingIp.floating_network_id} is not reachable from subnet ${fixedIp.subnet_id}.  Therefore, cannot associate Port ${portId} with a Floating IP.`,
    );
  }
  return { port_id: portId, fixed_ip_address: fixedIp.ip_address, router_id: routerId };
}

/** The requested address, or the only IPv4 address. Error NetworkBadRequest. */
function chosenAddress(port: PortData, wanted: string | null): FixedIp {
  const version4 = port.fixed_ips.filter(({ ip_address: address }) => parseAddress(address)?.version === 4);
  if (wanted !== null) {
    if (parseAddress(wanted)?.version !== 4) {
      throw badRequest(
        'floatingip',
        `Cannot process floating IP association with ${wanted}, since that is not an IPv4 address`,
      );
    }
    const found = version4.find(({ ip_address: address }) => address === wanted);
    if (found === undefined) throw badRequest('floatingip', `Port ${port.id} does not have fixed ip ${wanted}`);
    return found;
  }
  const [only, another] = version4;
  if (only === undefined) {
    throw badRequest('floatingip', `Cannot add floating IP to port ${port.id} that has no fixed IPv4 addresses`);
  }
  if (another !== undefined) {
    throw badRequest(
      'floatingip',
      `Port ${port.id} has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address when assigning a floating IP`,
    );
  }
  return only;
}

/**
 * A router with an interface on the subnet and a gateway on the network; preferably the router with the subnet's
 * gateway address.
 */
export async function joiningRouter(
  { tx }: RouterWork,
  subnetId: string,
  networkId: string,
): Promise<string | undefined> {
  const found = await sql<{ router_id: string }>`
    select i.router_id
    from router_interfaces i
    join subnets s on s.id = i.subnet_id
    join router_gateways g on g.router_id = i.router_id
    join ports p on p.id = g.port_id
    where i.subnet_id = ${subnetId} and p.network_id = ${networkId}
    order by exists (
      select 1 from ip_allocations a
      where a.port_id = i.port_id and a.subnet_id = i.subnet_id and a.ip_address = s.gateway_ip) desc, i.router_id
    limit 1`.execute(tx);
  return found.rows[0]?.router_id;
}
