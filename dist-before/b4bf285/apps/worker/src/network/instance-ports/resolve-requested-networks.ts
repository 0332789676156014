import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { NetworkData, PortData, RequestedNetwork } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Transaction } from '../../store/index.js';
import { formatAddress, parseAddress } from '../ipam/address.js';
import { isHostAddress, parseCidr } from '../ipam/cidr.js';
import { findNetwork, loadNetworks } from '../networks/load-networks.js';
import { findPort } from '../ports/load-ports.js';
import { subnetsOf } from '../subnets/load-subnets.js';

/**
 * Turns what a client asks for into the networks and ports that a server will get, each checked: it exists, the
 * project may use it, it is free. Every answered entry has `uuid`, a port's its network's.
 * Errors with nova's texts: NetworkInvalid (400), PortInUse and Conflict (409), PolicyNotAuthorized (403).
 */
export async function resolveRequestedNetworks(
  tx: Transaction,
  ctx: RequestContext,
  mode: 'auto' | 'none' | 'list',
  networks: readonly RequestedNetwork[],
): Promise<RequestedNetwork[]> {
  if (mode === 'none') return [];
  // An empty list is nova's "nothing was asked for".
  if (mode === 'auto' || networks.length === 0) return chooseNetwork(tx, ctx);
  const resolved: RequestedNetwork[] = [];
  for (const requested of networks) {
    resolved.push(
      requested.port === undefined
        ? await resolveNetwork(tx, ctx, requested)
        : await resolvePort(tx, ctx, requested, requested.port),
    );
  }
  refuseRepeatedPorts(resolved);
  return resolved;
}

async function chooseNetwork(tx: Transaction, ctx: RequestContext): Promise<RequestedNetwork[]> {
  const usable = await loadNetworks(
    tx,
    sql<boolean>`(n.project_id = ${ctx.project_id} or (n.shared and not n.router_external))
      and exists (select 1 from subnets s where s.network_id = n.id)`,
  );
  if (usable.length > 1) {
    throw new ExpectedError('Conflict', 'Multiple possible networks found, use a Network ID to be more specific.');
  }
  return usable.map((network) => ({ uuid: network.id }));
}

async function resolveNetwork(
  tx: Transaction,
  ctx: RequestContext,
  requested: RequestedNetwork,
): Promise<RequestedNetwork> {
  const id = requested.uuid ?? '';
  const network = await findNetwork(tx, id);
  if (network === null || !mayUseNetwork(ctx, network)) throw invalid(`Network ${id} could not be found.`);
  if (network.router_external && !network.shared && !isOwnerOrAdmin(ctx, network.project_id)) {
    throw new ExpectedError(
      'PolicyNotAuthorized',
      `It is not allowed to create an interface on external network ${id}`,
    );
  }
  if (network.subnets.length === 0) {
    throw invalid(`Network ${id} requires a subnet in order to boot instances on.`);
  }
  const tag = tagOf(requested);
  if (requested.fixed_ip === undefined) return { uuid: id, ...tag };
  return { uuid: id, fixed_ip: await requireFreeAddress(tx, id, requested.fixed_ip), ...tag };
}

async function requireFreeAddress(tx: Transaction, networkId: string, text: string): Promise<string> {
  const address = parseAddress(text);
  const subnets = await subnetsOf(tx, networkId);
  const subnet = subnets.find((candidate) => {
    const cidr = parseCidr(candidate.cidr);
    return address !== null && cidr !== null && isHostAddress(cidr, address);
  });
  if (address === null || subnet === undefined) {
    throw invalid(`Fixed IP ${text} is not a valid ip address for network ${networkId}.`);
  }
  const normal = formatAddress(address);
  const holder = await tx
    .selectFrom('ip_allocations')
    .innerJoin('ports', 'ports.id', 'ip_allocations.port_id')
    .select('ports.device_id')
    .where('ip_allocations.subnet_id', '=', subnet.id)
    .where('ip_allocations.ip_address', '=', normal)
    .executeTakeFirst();
  if (holder !== undefined) {
    throw invalid(`Fixed IP address ${normal} is already in use on instance ${holder.device_id}.`);
  }
  return normal;
}

async function resolvePort(
  tx: Transaction,
  ctx: RequestContext,
  requested: RequestedNetwork,
  id: string,
): Promise<RequestedNetwork> {
  const port = await findPort(tx, id);
  if (port === null || !isOwnerOrAdmin(ctx, port.project_id)) throw invalid(`Port id ${id} could not be found.`);
  requirePortIsFree(port);
  if (port.fixed_ips.length === 0) throw invalid(`Port ${id} requires a FixedIP in order to be used.`);
  return { uuid: port.network_id, port: id, ...tagOf(requested) };
}

/** Error PortInUse for a port that belongs to a server or another device. */
export function requirePortIsFree(port: Pick<PortData, 'id' | 'device_id'>): void {
  if (port.device_id !== '') throw new ExpectedError('PortInUse', `Port ${port.id} is still in use.`, { id: port.id });
}

function refuseRepeatedPorts(resolved: readonly RequestedNetwork[]): void {
  const ports = resolved.flatMap((entry) => (entry.port === undefined ? [] : [entry.port]));
  const repeated = ports.find((port, index) => ports.indexOf(port) !== index);
  if (repeated !== undefined)
    throw new ExpectedError('PortInUse', `Port ${repeated} is still in use.`, { id: repeated });
}

function mayUseNetwork(ctx: RequestContext, network: NetworkData): boolean {
  return network.shared || network.router_external || isOwnerOrAdmin(ctx, network.project_id);
}

function isOwnerOrAdmin(ctx: RequestContext, projectId: string): boolean {
  return ctx.is_admin || ctx.roles.includes('admin') || ctx.project_id === projectId;
}

function tagOf({ tag }: RequestedNetwork): { readonly tag?: string } {
  return tag === undefined ? {} : { tag };
}

/** nova answers 400, not 404, for what a body names. */
function invalid(message: string): ExpectedError {
  return new ExpectedError('NetworkInvalid', message);
}
