import { ExpectedError } from '#libs/contracts';
import type { FixedIpInput, SubnetData } from '#libs/contracts';
import type { Transaction } from '../../store/index.js';
import { badRequest, invalidInput } from '../network.errors.js';
import { isAutoAddressed } from '../subnets/ipv6-modes.js';
import { subnetsOf } from '../subnets/load-subnets.js';
import { formatAddress, parseAddress } from './address.js';
import type { Address } from './address.js';
import { allocateAddress, takeAddress } from './allocate-address.js';
import { contains, isHostAddress, parseCidr } from './cidr.js';
import type { Cidr } from './cidr.js';
import { eui64Address } from './eui64.js';

/** The port that gets addresses. */
export interface AddressedPort {
  readonly id: string;
  readonly network_id: string;
  readonly mac_address: string;
}

/**
 * Gives a port its addresses. `requested` undefined: one of each IP version that the network has subnets for; empty:
 * none; else exactly these. Subnets in which hosts make their own addresses always add theirs, but to an empty list.
 * Errors: IpAddressGenerationFailure, IpAddressAlreadyAllocated, InvalidIpForSubnet, InvalidIpForNetwork,
 * InvalidInput, NetworkBadRequest.
 */
export async function assignAddresses(
  tx: Transaction,
  port: AddressedPort,
  requested: readonly FixedIpInput[] | undefined,
): Promise<void> {
  if (requested?.length === 0) return;
  const subnets = await subnetsOf(tx, port.network_id);
  const automatic = new Set(subnets.filter(isAutoAddressed));
  if (requested === undefined) {
    for (const version of [4, 6] as const) {
      const candidates = subnets.filter((subnet) => subnet.ip_version === version && !automatic.has(subnet));
      await assignFromAny(tx, port, candidates);
    }
  } else {
    for (const wanted of requested) {
      const subnet = await assignRequested(tx, port, subnets, wanted);
      automatic.delete(subnet);
    }
  }
  for (const subnet of automatic) await assignAutomatic(tx, port, subnet);
}

/** Adds exactly these addresses to a port; nothing for subnets in which hosts make their own unless they are named. */
export async function assignRequestedAddresses(
  tx: Transaction,
  port: AddressedPort,
  requested: readonly FixedIpInput[],
): Promise<void> {
  if (requested.length === 0) return;
  const subnets = await subnetsOf(tx, port.network_id);
  for (const wanted of requested) await assignRequested(tx, port, subnets, wanted);
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

/** Answers the subnet that the address is in. */
async function assignRequested(
  tx: Transaction,
  port: AddressedPort,
  subnets: readonly SubnetData[],
  wanted: FixedIpInput,
): Promise<SubnetData> {
  if (wanted.ip_address !== undefined) return assignExplicit(tx, port, subnets, wanted.ip_address, wanted.subnet_id);
  if (wanted.subnet_id === undefined) throw badRequest('port', 'IP allocation requires subnet_id or ip_address');
  const subnet = subnetNamed(subnets, port.network_id, wanted.subnet_id);
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
      ? subnets.find((candidate) => contains(cidrOf(candidate), address))
      : subnetNamed(subnets, port.network_id, subnetId);
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
  if (!isHostAddress(cidrOf(subnet), address)) {
    throw new ExpectedError('InvalidIpForSubnet', `IP address ${text} is not a valid IP for the specified subnet.`);
  }
  if (isAutoAddressed(subnet) && eui64Address(cidrOf(subnet), port.mac_address).value !== address.value) {
    throw invalidInput(
      `IPv6 address ${text} cannot be directly assigned to a port on subnet ${subnet.id} as the subnet is configured for automatic addresses`,
    );
  }
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

function subnetNamed(subnets: readonly SubnetData[], networkId: string, id: string): SubnetData {
  const subnet = subnets.find((candidate) => candidate.id === id);
  if (subnet === undefined) {
    throw invalidInput(
      `Failed to create port on network ${networkId}, because fixed_ips included invalid subnet ${id}`,
    );
  }
  return subnet;
}

function cidrOf(subnet: SubnetData): Cidr {
  const cidr = parseCidr(subnet.cidr);
  if (cidr === null) throw new TypeError(`subnet ${subnet.id}: stored cidr "${subnet.cidr}" is none`);
  return cidr;
}
