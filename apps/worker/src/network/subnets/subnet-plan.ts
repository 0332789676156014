import { ExpectedError } from '#libs/contracts';
import type { AllocationPool, HostRoute, SubnetInput } from '#libs/contracts';
import { ADDRESS_BITS, formatAddress, parseAddress, formatCidr, parseCidr } from '../ipam/address.js';
import type { Address, Cidr } from '../ipam/address.js';
import { defaultPools, parsePools, poolOf, refuseGatewayInPools } from '../ipam/allocation-pools.js';
import { invalidInput } from '../network.errors.js';
import { checkIpv6Modes } from './ipv6-modes.js';

/** The addressing of a subnet, checked and complete. */
export interface SubnetPlan {
  readonly ip_version: 4 | 6;
  readonly cidr: string;
  readonly gateway_ip: string | null;
  readonly allocation_pools: readonly AllocationPool[];
  readonly dns_nameservers: readonly string[];
  readonly host_routes: readonly HostRoute[];
  readonly ipv6_ra_mode: string | null;
  readonly ipv6_address_mode: string | null;
}

/** The most name servers and host routes of a subnet. */
export interface SubnetLimits {
  readonly maxDnsNameservers: number;
  readonly maxSubnetHostRoutes: number;
}

/** The highest address of each IP version. */
const LAST_ADDRESS = { 4: (1n << 32n) - 1n, 6: (1n << 128n) - 1n } as const;

const DEFAULT_LIMITS: SubnetLimits = { maxDnsNameservers: 5, maxSubnetHostRoutes: 20 };

/**
 * Checks a client's request and fills in the defaults (gateway: see defaultGateway; pools: the rest). Throws neutron's
 * errors; does not check against other subnets (overlap).
 * @param isAllocated the range was chosen by a subnet pool
 */
export function planSubnet(input: SubnetInput, limits: SubnetLimits = DEFAULT_LIMITS, isAllocated = false): SubnetPlan {
  const cidr = readCidr(input);
  if (!isAllocated && (input.enable_dhcp ?? true)) requireServable(cidr);
  if (cidr.prefix === 0) throw invalidInput('0 is not allowed as CIDR prefix length');
  const { gateway_ip: wanted } = input;
  const gateway = wanted === undefined ? defaultGateway(cidr, isAllocated) : readGateway(cidr, wanted);
  const { allocation_pools: asked = [] } = input;
  const pools = asked.length === 0 ? defaultPools(cidr, gateway) : parsePools(cidr, asked);
  if (gateway !== null && asked.length > 0) refuseGatewayInPools(gateway, pools);
  const modes = checkIpv6Modes(cidr, input);
  return {
    ip_version: cidr.version,
    cidr: formatCidr(cidr),
    gateway_ip: gateway === null ? null : formatAddress(gateway),
    allocation_pools: pools.map(poolOf),
    dns_nameservers: checkNameservers(cidr, input.dns_nameservers ?? [], limits.maxDnsNameservers),
    host_routes: checkHostRoutes(cidr, input.host_routes ?? [], limits.maxSubnetHostRoutes),
    ...modes,
  };
}

function readCidr(input: SubnetInput): Cidr {
  const text = input.cidr;
  if (text === undefined)
    throw badRequest('Bad subnets request: a subnetpool must be specified in the absence of a cidr.');
  const cidr = parseCidr(text);
  if (cidr === null) throw badCidr(text, `'${text}' is not a valid IP subnet`);
  if (formatCidr(cidr) !== text.toLowerCase() && !sameNetwork(text, cidr)) {
    throw badCidr(text, `'${text}' isn't a recognized IP subnet cidr, '${formatCidr(cidr)}' is recommended`);
  }
  if (input.ip_version !== undefined && input.ip_version !== cidr.version) {
    throw invalidInput(`cidr '${text}' does not match the ip_version '${input.ip_version}'`);
  }
  if (cidr.version === 6 && cidr.first === 0n) throw invalidInput("IPv6 subnet '::' is not supported");
  return cidr;
}

/** Throws for a network that is not suitable for DHCP (neutron.db.db_base_plugin_v2). */
export function requireServable(cidr: Cidr): void {
  const { version, first, prefix } = cidr;
  const refused = (what: string): ExpectedError => invalidInput(`${what} is not supported if enable_dhcp is True`);
  if (prefix > ADDRESS_BITS[version] - 2) {
    throw invalidInput('Subnet has a prefix length that is incompatible with DHCP service enabled');
  }
  if (isMulticast(cidr)) throw refused('Multicast IP subnet');
  if (version === 4 && first >> 24n === 127n) throw refused('Loopback IP subnet');
  if (version === 4 && first === 0n) throw refused("First IP '0.0.0.0' of network");
}

/** Whether the text is another spelling (`2001:DB8:0::/64`) of the network, without host bits. */
function sameNetwork(text: string, cidr: Cidr): boolean {
  return parseAddress(text.slice(0, text.indexOf('/')))?.value === cidr.first;
}

function isMulticast(cidr: Cidr): boolean {
  return cidr.version === 4 ? cidr.first >> 28n === 0xen : cidr.first >> 120n === 0xffn;
}

/**
 * The address after the network address; for a /32 that is outside of it. For an IPv6 network that the client named, it
 * is the network address (neutron.db.ipam_backend_mixin); for one from a pool, the address after it
 * (neutron.ipam.subnet_alloc).
 */
function defaultGateway(cidr: Cidr, isAllocated: boolean): Address | null {
  const { version, first, last } = cidr;
  if (version === 6 && !isAllocated) return { version, value: first };
  if (last === LAST_ADDRESS[version] && first === last) return null;
  const gateway = { version, value: first + 1n };
  if (isEnd(cidr, gateway)) {
    const text = `Gateway IP ${formatAddress(gateway)} cannot be the network or broadcast IP address ${formatCidr(cidr)}`;
    throw new ExpectedError('IpamValueInvalid', text);
  }
  return gateway;
}

/** Whether it is an IPv4 network's own address or its broadcast address. */
function isEnd({ version, first, last }: Cidr, { value }: Address): boolean {
  return version === 4 && (value === first || value === last);
}

/**
 * The gateway may be outside of the subnet. Inside an IPv4 subnet, it must not be the network address or the broadcast
 * address (neutron.ipam.utils.check_gateway_invalid_in_subnet). Throws.
 */
export function readGateway(cidr: Cidr, text: string | null): Address | null {
  if (text === null) return null;
  const { version } = cidr;
  const gateway = parseAddress(text);
  if (gateway === null) throw invalidInput(`'${text}' is not a valid IP address for gateway_ip`);
  if (gateway.version !== version)
    throw invalidInput(`gateway_ip '${text}' does not match the ip_version '${version}'`);
  if (isEnd(cidr, gateway)) throw invalidInput('Gateway is not valid on subnet');
  return gateway;
}

/** Throws for an invalid or repeated address. */
export function checkNameservers(
  { version }: Pick<Cidr, 'version'>,
  nameservers: readonly string[],
  limit: number,
): readonly string[] {
  if (nameservers.length > limit)
    throw exhausted('DNSNameServersExhausted', `DNS nameservers exceeds the limit ${limit}`);
  const seen = new Set<string>();
  for (const text of nameservers) {
    const address = parseAddress(text);
    if (address === null)
      throw badRequest(`Invalid input for dns_nameservers. Reason: '${text}' is not a valid IP address.`);
    if (address.version !== version) throw otherVersion('dns_nameserver', text, version);
    const normal = formatAddress(address);
    if (seen.has(normal))
      throw badRequest(`Invalid input for dns_nameservers. Reason: Duplicate nameserver '${text}'.`);
    seen.add(normal);
  }
  return [...seen];
}

/**
 * Throws for routes whose destination is not a network of the subnet's IP version, or whose next hop is not an address.
 */
export function checkHostRoutes(cidr: Cidr, routes: readonly HostRoute[], limit: number): readonly HostRoute[] {
  if (routes.length > limit) throw exhausted('HostRoutesExhausted', `host routes exceeds the limit ${limit}`);
  return routes.map((route) => {
    const destination = parseCidr(route.destination);
    const nexthop = parseAddress(route.nexthop);
    if (destination === null || nexthop === null) {
      throw badRequest(`Invalid data format for hostroute: '${route.destination} via ${route.nexthop}'`);
    }
    const { version } = cidr;
    if (nexthop.version !== version) throw otherVersion('nexthop', route.nexthop, version);
    if (destination.version !== version) throw otherVersion('destination', route.destination, version);
    return { destination: formatCidr(destination), nexthop: formatAddress(nexthop) };
  });
}

function otherVersion(attribute: string, value: string, version: 4 | 6): ExpectedError {
  return invalidInput(`${attribute} '${value}' does not match the ip_version '${version}'`);
}

function exhausted(code: 'DNSNameServersExhausted' | 'HostRoutesExhausted', what: string): ExpectedError {
  return new ExpectedError(code, `Unable to complete operation for new subnet. The number of ${what}.`);
}

function badCidr(text: string, reason: string): ExpectedError {
  return new ExpectedError('InvalidInput', `Invalid input for cidr. Reason: ${reason}.`, { cidr: text });
}

function badRequest(message: string): ExpectedError {
  return new ExpectedError('NetworkBadRequest', message);
}
