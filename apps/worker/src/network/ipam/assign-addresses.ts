import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { FixedIpInput, SubnetData } from '#libs/contracts';
import type { Transaction } from '../../store/index.js';
import { badRequest, invalidInput } from '../network.errors.js';
import { ROUTER_GATEWAY, ROUTER_INTERFACES } from '../ports/port-owners.js';
import { areRouted, reachedSegments, requireOneSegment } from '../segments/routed-subnets.js';
import { isAutoAddressed } from '../subnets/ipv6-modes.js';
import { subnetsOf } from '../subnets/subnet-table.js';
import { formatAddress, parseAddress, isHostAddress, parseCidr, eui64Address } from './address.js';
import type { Address, Cidr } from './address.js';
import { allocateAddress, takeAddress } from './allocate-address.js';

/** The port that gets addresses. */
export interface AddressedPort {
  readonly id: string;
  readonly network_id: string;
  readonly mac_address: string;
  /** A router's internal port gets only the requested addresses. @default not a router's */
  readonly device_owner?: string;
  /** The host to which it is bound; empty: unbound. @default unbound */
  readonly binding_host_id?: string;
}

/**
 * Gives a port its addresses. `requested` undefined: one of each IP version for which the network has subnets; empty:
 * none; otherwise exactly these. Subnets in which hosts generate their own addresses always add theirs, except for an
 * empty list. Errors: IpAddressGenerationFailure, IpAddressAlreadyAllocated, InvalidIpForSubnet, InvalidIpForNetwork,
 * InvalidInput, SubnetNotFound, NetworkBadRequest, and on a routed network HostNotConnectedToAnySegment and
 * FixedIpsSubnetsNotOnSameSegment.
 * @returns `deferred`: the port of a routed network gets its addresses when it is bound to a host
 */
export async function assignAddresses(
  tx: Transaction,
  port: AddressedPort,
  requested: readonly FixedIpInput[] | undefined,
): Promise<'assigned' | 'deferred'> {
  if (requested?.length === 0) return 'assigned';
  const subnets = await subnetsOf(tx, port.network_id);
  const automatic = new Set(subnets.filter(isAutoAddressed));
  if (requested === undefined) {
    const served = subnetsFor(port, subnets);
    if (areRouted(served)) {
      const { network_id: networkId, binding_host_id: host = '' } = port;
      if (host === '') return 'deferred';
      const segments = await reachedSegments(tx, networkId, host, served);
      keepOnly(automatic, await assignFromSegments(tx, port, segments));
    } else await assignEachVersion(tx, port, served);
  } else {
    const chosen = new Set<SubnetData>();
    for (const wanted of requested) {
      const subnet = await assignRequested(tx, port, subnets, wanted);
      automatic.delete(subnet);
      chosen.add(subnet);
    }
    if (areRouted(subnets)) {
      requireOneSegment(chosen);
      keepOnly(automatic, [...chosen]);
    }
  }
  if (isRouterInterface(port)) return 'assigned';
  for (const subnet of automatic) await assignAutomatic(tx, port, subnet);
  return 'assigned';
}

/** Removes subnets of segments other than the first of `present`. */
function keepOnly(subnets: Set<SubnetData>, [present]: readonly SubnetData[]): void {
  for (const subnet of subnets) if (subnet.segment_id !== present?.segment_id) subnets.delete(subnet);
}

/** Uses the first segment with free addresses; returns its subnets. Error IpAddressGenerationFailure. */
async function assignFromSegments(
  tx: Transaction,
  port: AddressedPort,
  segments: readonly (readonly SubnetData[])[],
): Promise<readonly SubnetData[]> {
  for (const [index, subnets] of segments.entries()) {
    try {
      await assignEachVersion(tx, port, subnets);
      return subnets;
    } catch (error) {
      const isFull = error instanceof ExpectedError && error.code === 'IpAddressGenerationFailure';
      if (!isFull || index === segments.length - 1) throw error;
      await sql`delete from ip_allocations where port_id = ${port.id}`.execute(tx);
    }
  }
  return [];
}

async function assignEachVersion(tx: Transaction, port: AddressedPort, subnets: readonly SubnetData[]): Promise<void> {
  for (const version of [4, 6] as const) {
    const ofVersion = subnets.filter((subnet) => subnet.ip_version === version && !isAutoAddressed(subnet));
    await assignFromAny(tx, port, ofVersion);
  }
}

/** Adds exactly these addresses to a port; subnets in which hosts generate their own add none unless they are named. */
export async function assignRequestedAddresses(
  tx: Transaction,
  port: AddressedPort,
  requested: readonly FixedIpInput[],
): Promise<void> {
  if (requested.length === 0) return;
  const subnets = await subnetsOf(tx, port.network_id);
  for (const wanted of requested) await assignRequested(tx, port, subnets, wanted);
}

function isRouterInterface({ device_owner: owner }: AddressedPort): boolean {
  return owner !== undefined && ROUTER_INTERFACES.includes(owner);
}

/**
 * The subnets that only this device owner may use, or else those for all owners (neutron's service subnets). Error
 * IpAddressGenerationFailureNoMatchingSubnet if all subnets are for other owners.
 */
function subnetsFor(
  { network_id: networkId, device_owner: owner = '' }: AddressedPort,
  subnets: readonly SubnetData[],
): readonly SubnetData[] {
  const typesOf = (subnet: SubnetData): readonly string[] => subnet.service_types ?? [];
  const matching = subnets.filter(
    (subnet) =>
      typesOf(subnet).includes(owner) || (owner === 'network:dhcp' && subnet.enable_dhcp && typesOf(subnet).length > 0),
  );
  if (matching.length > 0) return matching;
  const open = subnets.filter((subnet) => typesOf(subnet).length === 0);
  if (open.length > 0 || subnets.length === 0) return open;
  throw new ExpectedError(
    'IpAddressGenerationFailureNoMatchingSubnet',
    `No valid service subnet for the given device owner, network ${networkId}, service type ${owner}.`,
  );
}

async function assignFromAny(tx: Transaction, port: AddressedPort, subnets: readonly SubnetData[]): Promise<void> {
  if (subnets.length === 0) return;
  for (const subnet of subnets) {
    const request = { subnetId: subnet.id, portId: port.id };
    if ((await allocateAddress(tx, request, subnet.allocation_pools)) !== null) return;
  }
  throw new ExpectedError(
    'IpAddressGenerationFailure',
    `No more IP addresses available on network ${port.network_id}.`,
    { network_id: port.network_id },
  );
}

/** Returns the subnet of the address. */
async function assignRequested(
  tx: Transaction,
  port: AddressedPort,
  subnets: readonly SubnetData[],
  wanted: FixedIpInput,
): Promise<SubnetData> {
  if (wanted.ip_address !== undefined) return assignExplicit(tx, port, subnets, wanted.ip_address, wanted.subnet_id);
  if (wanted.subnet_id === undefined) throw badRequest('port', 'IP allocation requires subnet_id or ip_address');
  const subnet = await subnetNamed(tx, subnets, port.network_id, wanted.subnet_id);
  if (isAutoAddressed(subnet)) {
    await assignAutomatic(tx, port, subnet);
    return subnet;
  }
  const request = { subnetId: subnet.id, portId: port.id };
  if ((await allocateAddress(tx, request, subnet.allocation_pools)) === null) {
    throw new ExpectedError('IpAddressGenerationFailure', `No more IP addresses available for subnet ${subnet.id}.`, {
      network_id: port.network_id,
      subnet_id: subnet.id,
    });
  }
  return subnet;
}

async function assignExplicit(
  tx: Transaction,
  port: AddressedPort,
  subnets: readonly SubnetData[],
  text: string,
  subnetId: string | undefined,
): Promise<SubnetData> {
  const address = parseAddress(text);
  if (address === null) throw invalidInput(`'${text}' is not a valid IP address`);
  const subnet =
    subnetId === undefined
      ? subnets.find((candidate) => mayHave(candidate, port, address))
      : await subnetNamed(tx, subnets, port.network_id, subnetId);
  if (subnet === undefined) {
    throw new ExpectedError(
      'InvalidIpForNetwork',
      `IP address ${text} is not a valid IP for any of the subnets on the specified network.`,
    );
  }
  requireFits(subnet, port, address, text);
  const normal = formatAddress(address);
  if (!(await takeAddress(tx, { subnetId: subnet.id, portId: port.id }, normal))) {
    throw new ExpectedError(
      'IpAddressAlreadyAllocated',
      `IP address ${normal} already allocated in subnet ${subnet.id}`,
      { ip_address: normal, subnet_id: subnet.id },
    );
  }
  return subnet;
}

function requireFits(subnet: SubnetData, port: AddressedPort, address: Address, text: string): void {
  if (!mayHave(subnet, port, address)) {
    throw new ExpectedError('InvalidIpForSubnet', `IP address ${text} is not a valid IP for the specified subnet.`);
  }
  if (isRouterInterface(port)) return;
  if (isAutoAddressed(subnet) && eui64Address(cidrOf(subnet), port.mac_address).value !== address.value) {
    throw invalidInput(
      `IPv6 address ${text} cannot be directly assigned to a port on subnet ${subnet.id} as the subnet is configured for automatic addresses`,
    );
  }
}

/**
 * Whether a port may have an address of a subnet. The first address of an IPv6 subnet is only for routers, or for any
 * port without an owner (neutron.ipam.utils.check_subnet_ip).
 */
function mayHave(subnet: SubnetData, { device_owner: owner }: AddressedPort, address: Address): boolean {
  const cidr = cidrOf(subnet);
  if (isHostAddress(cidr, address)) return true;
  const isRouters = owner !== undefined && [...ROUTER_INTERFACES, ROUTER_GATEWAY, ''].includes(owner);
  return cidr.version === 6 && address.version === 6 && address.value === cidr.first && isRouters;
}

async function assignAutomatic(tx: Transaction, port: AddressedPort, subnet: SubnetData): Promise<void> {
  const address = formatAddress(eui64Address(cidrOf(subnet), port.mac_address));
  if (!(await takeAddress(tx, { subnetId: subnet.id, portId: port.id }, address))) {
    throw new ExpectedError(
      'IpAddressAlreadyAllocated',
      `IP address ${address} already allocated in subnet ${subnet.id}`,
      { ip_address: address, subnet_id: subnet.id },
    );
  }
}

/** Error SubnetNotFound, and InvalidInput for a subnet of another network of the network's project. */
async function subnetNamed(
  tx: Transaction,
  subnets: readonly SubnetData[],
  networkId: string,
  id: string,
): Promise<SubnetData> {
  const subnet = subnets.find((candidate) => candidate.id === id);
  if (subnet !== undefined) return subnet;
  const { rows } = await sql`
    select 1 from subnets s join networks n on n.project_id = s.project_id
    where s.id = ${id} and n.id = ${networkId}`.execute(tx);
  if (rows.length === 0) throw new ExpectedError('SubnetNotFound', `Subnet ${id} could not be found.`, { id });
  throw invalidInput(`Failed to create port on network ${networkId}, because fixed_ips included invalid subnet ${id}`);
}

function cidrOf(subnet: SubnetData): Cidr {
  const cidr = parseCidr(subnet.cidr);
  if (cidr === null) throw new TypeError(`subnet ${subnet.id}: stored cidr "${subnet.cidr}" is none`);
  return cidr;
}
