import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { ExpectedErrorCode, NetworkData, PortData, RequestedNetwork } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { getRow } from '../../listing/read-rows.js';
import type { Queries, Transaction } from '../../store/index.js';
import { formatAddress, parseAddress, isHostAddress, parseCidr } from '../ipam/address.js';
import type { NetworkPolicy } from '../network-policy.js';
import { portInUse } from '../network.errors.js';
import { findNetwork, loadNetworks, networkTable, visibleNetworks } from '../networks/network-table.js';
import { portTable } from '../ports/port-table.js';
import { visiblePorts } from '../ports/load-ports.js';
import { authorizePortCreate } from '../ports/port-policy.js';
import { subnetsOf } from '../subnets/subnet-table.js';

/**
 * The caller and the policy rules: nova calls Neutron with the user's token, so the user has the same permissions here
 * as there.
 */
export interface RequestRules {
  readonly context: RequestContext;
  readonly policy: NetworkPolicy;
  /** Whether nova's rule `network:attach_external_network` allows external networks that are not shared. */
  readonly mayAttachExternal: boolean;
  /** The server's project. */
  readonly projectId: string;
}

/**
 * Resolves a client's request into the networks and ports that a server will get. Each one is checked: it exists, the
 * project may use it, it is free. Every returned entry has `uuid`; for a port it is the port's network. Errors with
 * nova's texts: NetworkInvalid (400), PortInUse and Conflict (409), PolicyNotAuthorized (403). No error names an object
 * that the caller did not name.
 */
export async function resolveRequestedNetworks(
  tx: Transaction,
  rules: RequestRules,
  mode: 'auto' | 'none' | 'list',
  networks: readonly RequestedNetwork[],
): Promise<RequestedNetwork[]> {
  if (mode === 'none') return [];
  // As in nova, an empty list means that nothing was requested.
  if (mode === 'auto' || networks.length === 0) return chooseNetwork(tx, rules);
  const resolved: RequestedNetwork[] = [];
  for (const requested of networks) {
    resolved.push(
      requested.port === undefined
        ? await resolveNetwork(tx, rules, requested)
        : await resolvePort(tx, rules, requested, requested.port),
    );
  }
  refuseRepeatedPorts(resolved);
  return resolved;
}

/**
 * The same for one port of an existing server. Here nova calls Neutron during the request, so an unknown object is 404
 * (PortNotFound, NetworkNotFound) and an address in use 409.
 */
export async function resolveAttachment(
  tx: Transaction,
  rules: RequestRules,
  asked: RequestedNetwork | undefined,
  tag: string | null,
): Promise<RequestedNetwork> {
  if (asked !== undefined) {
    await requireNamed(tx, rules, asked);
    return asked.port === undefined
      ? resolveNetwork(tx, rules, asked, 'Conflict')
      : resolvePort(tx, rules, asked, asked.port);
  }
  const usable = await usableNetworks(tx, rules);
  const [network] = usable;
  if (network === undefined) {
    throw invalid(`No specific network was requested and none are available for project '${rules.projectId}'.`);
  }
  if (usable.length > 1) {
    throw invalid('More than one possible network found. Specify network ID(s) to select which one(s) to connect to.');
  }
  authorizeNetwork(rules, network, {});
  return { uuid: network.id, ...(tag === null ? {} : { tag }) };
}

async function requireNamed(tx: Transaction, rules: RequestRules, { uuid, port }: RequestedNetwork): Promise<void> {
  const { policy, context } = rules;
  if (port !== undefined) {
    if ((await getRow<PortData>(tx, portTable.list, visiblePorts(policy, context), port)) !== null) return;
    throw new ExpectedError('PortNotFound', `Port id ${port} could not be found.`, { port_id: port });
  }
  const id = uuid ?? '';
  if ((await getRow<NetworkData>(tx, networkTable.list, visibleNetworks(policy, context), id)) !== null) return;
  throw new ExpectedError('NetworkNotFound', `Network ${id} could not be found.`, { network_id: id });
}

async function chooseNetwork(tx: Transaction, rules: RequestRules): Promise<RequestedNetwork[]> {
  const usable = await usableNetworks(tx, rules);
  if (usable.length > 1) {
    throw new ExpectedError('Conflict', 'Multiple possible networks found, use a Network ID to be more specific.');
  }
  return usable.map((network) => {
    authorizeNetwork(rules, network, {});
    return { uuid: network.id };
  });
}

/** Whether there is a network for a server whose request names none. */
export async function hasUsableNetwork(db: Queries, rules: RequestRules): Promise<boolean> {
  return (await usableNetworks(db, rules)).length > 0;
}

function usableNetworks(tx: Queries, rules: RequestRules): Promise<readonly NetworkData[]> {
  const { context, policy, projectId } = rules;
  return loadNetworks(
    tx,
    sql<boolean>`${visibleNetworks(policy, context)}
      and (n.project_id = ${projectId} or (n.shared and not n.router_external))
      and exists (select 1 from subnets s where s.network_id = n.id)`,
  );
}

async function resolveNetwork(
  tx: Transaction,
  rules: RequestRules,
  requested: RequestedNetwork,
  inUse: ExpectedErrorCode = 'NetworkInvalid',
): Promise<RequestedNetwork> {
  const id = requested.uuid ?? '';
  const network = await getRow<NetworkData>(tx, networkTable.list, visibleNetworks(rules.policy, rules.context), id);
  if (network === null) throw invalid(`Network ${id} could not be found.`);
  authorizeNetwork(rules, network, requested);
  if (network.subnets.length === 0) {
    throw invalid(`Network ${id} requires a subnet in order to boot instances on.`);
  }
  const tag = tagOf(requested);
  if (requested.fixed_ip === undefined) return { uuid: id, ...tag };
  return { uuid: id, fixed_ip: await requireFreeAddress(tx, id, requested.fixed_ip, inUse), ...tag };
}

/** Checks whether the user may create a port there, and at the requested address. */
function authorizeNetwork(rules: RequestRules, network: NetworkData, { fixed_ip: fixedIp }: RequestedNetwork): void {
  refuseExternal(rules, network);
  const address = fixedIp === undefined ? {} : { fixed_ips: [{ ip_address: fixedIp }] };
  const input = { network_id: network.id, ...address };
  authorizePortCreate(rules.policy, rules.context, input, rules.projectId, network);
}

/** nova checks this for the networks of ports too. */
function refuseExternal({ mayAttachExternal }: RequestRules, network: NetworkData): void {
  if (network.router_external && !network.shared && !mayAttachExternal) {
    throw new ExpectedError(
      'PolicyNotAuthorized',
      `It is not allowed to create an interface on external network ${network.id}`,
    );
  }
}

async function requireFreeAddress(
  tx: Transaction,
  networkId: string,
  text: string,
  inUse: ExpectedErrorCode,
): Promise<string> {
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
    .select('port_id')
    .where('subnet_id', '=', subnet.id)
    .where('ip_address', '=', normal)
    .executeTakeFirst();
  // nova's other text names the server that has the address, whoever owns that server.
  if (holder !== undefined) throw new ExpectedError(inUse, `Fixed IP ${normal} is already in use.`);
  return normal;
}

async function resolvePort(
  tx: Transaction,
  rules: RequestRules,
  requested: RequestedNetwork,
  id: string,
): Promise<RequestedNetwork> {
  const { context, policy, projectId } = rules;
  const port = await getRow<PortData>(tx, portTable.list, visiblePorts(policy, context), id);
  if (port === null) throw invalid(`Port id ${id} could not be found.`);
  // Administrators and owners of a network also see ports that only servers of the ports' own projects can use.
  if (port.project_id !== projectId) throw invalid(`Port ${id} not usable for instance.`);
  if (port.device_id !== '') throw portInUse(id);
  const network = await findNetwork(tx, port.network_id);
  if (network !== null) refuseExternal(rules, network);
  if (port.fixed_ips.length === 0 && port.ip_allocation !== 'deferred')
    throw invalid(`Port ${id} requires a FixedIP in order to be used.`);
  return { uuid: port.network_id, port: id, ...tagOf(requested) };
}

function refuseRepeatedPorts(resolved: readonly RequestedNetwork[]): void {
  const ports = resolved.flatMap((entry) => (entry.port === undefined ? [] : [entry.port]));
  const repeated = ports.find((port, index) => ports.indexOf(port) !== index);
  if (repeated !== undefined) throw portInUse(repeated);
}

function tagOf({ tag }: RequestedNetwork): { readonly tag?: string } {
  return tag === undefined ? {} : { tag };
}

/** For an object in a request body nova answers 400 instead of 404. */
function invalid(message: string): ExpectedError {
  return new ExpectedError('NetworkInvalid', message);
}
