import { ExpectedError } from '#libs/contracts';
import type { AllocationPool, HostRoute, SubnetInput } from '#libs/contracts';
import { formatAddress, parseAddress } from '../ipam/address.js';
import type { Address } from '../ipam/address.js';
import { defaultPools, parsePools, poolOf, refuseGatewayInPools } from '../ipam/allocation-pools.js';
import { formatCidr, parseCidr } from '../ipam/cidr.js';
import type { Cidr } from '../ipam/cidr.js';
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

/** Most name servers and host routes of a subnet. */
export interface SubnetLimits {
  readonly maxDnsNameservers: number;
  readonly maxSubnetHostRoutes: number;
}

/** Behind it there is none. */
const LAST_ADDRESS = { 4: (1n << 32n) - 1n, 6: (1n << 128n) - 1n } as const;

const DEFAULT_LIMITS: SubnetLimits = { maxDnsNameservers: 5, maxSubnetHostRoutes: 20 };

/**
 * Checks what a client asks for and fills in the defaults (gateway: the first address; pools: the rest). Throws
 * neutron's errors; what depends on other subnets (overlap) is not seen here.
 */
export function planSubnet(input: SubnetInput, limits: SubnetLimits = DEFAULT_LIMITS): SubnetPlan {
  const cidr = readCidr(input);
  const gateway = readGateway(cidr, input.gateway_ip);
  const { allocation_pools: asked = [] } = input;
  const pools = asked.length === 0 ? defaultPools(cidr, gateway) : parsePools(cidr, asked);
  if (gateway !== null) refuseGatewayInPools(gateway, pools);
  const modes = checkIpv6Modes(cidr, input);
  return {
    ip_version: cidr.version,
    cidr: formatCidr(cidr),
    gateway_ip: gateway === null ? null : formatAddress(gateway),
    allocation_pools: pools.map(poolOf),
    dns_nameservers: checkNameservers(input.dns_nameservers ?? [], limits.maxDnsNameservers),
    host_routes: checkHostRoutes(cidr, input.host_routes ?? [], limits.maxSubnetHostRoutes),
    ...modes,
  };
}

function readCidr(input: SubnetInput): Cidr {
  const text = input.cidr;
  if (text === undefined) throw invalidInput('a subnetpool must be specified in the absence of a cidr');
  const cidr = parseCidr(text);
  if (cidr === null) throw badCidr(text, `'${text}' is not a valid IP subnet`);
  if (formatCidr(cidr) !== text.toLowerCase() && !sameNetwork(text, cidr)) {
    throw badCidr(text, `'${text}' isn't a recognized IP subnet cidr, '${formatCidr(cidr)}' is recommended`);
  }
  if (input.ip_version !== undefined && input.ip_version !== cidr.version) {
    throw invalidInput(
      `IP version '${input.ip_version}' of cidr '${text}' does not match the ip_version of the subnet`,
    );
  }
  if (cidr.prefix === 0) throw invalidInput('0 is not allowed as CIDR prefix length');
  if (isMulticast(cidr)) throw invalidInput('Multicast IP subnet is not supported');
  return cidr;
}

/** Another spelling (`2001:DB8:0::/64`) of an address that has no bits behind the prefix. */
function sameNetwork(text: string, cidr: Cidr): boolean {
  return parseAddress(text.slice(0, text.indexOf('/')))?.value === cidr.first;
}

function isMulticast(cidr: Cidr): boolean {
  return cidr.version === 4 ? cidr.first >> 28n === 0xen : cidr.first >> 120n === 0xffn;
}

/**
 * Absent: the address behind the network's own. It may lie outside of the subnet, as that of a /32 does; inside it is
 * neither the network's address nor the broadcast's (neutron.ipam.utils.check_gateway_invalid_in_subnet). Throws.
 */
export function readGateway(cidr: Cidr, text: string | null | undefined): Address | null {
  if (text === null) return null;
  const { version } = cidr;
  if (text === undefined)
    return cidr.last === LAST_ADDRESS[version] && cidr.first === cidr.last ? null : { version, value: cidr.first + 1n };
  const gateway = parseAddress(text);
  if (gateway === null) throw invalidInput(`'${text}' is not a valid IP address for gateway_ip`);
  if (gateway.version !== version)
    throw invalidInput(`gateway_ip '${text}' does not match the ip_version '${version}'`);
  const isEnd = version === 4 && (gateway.value === cidr.first || gateway.value === cidr.last);
  if (isEnd) throw invalidInput('Gateway is not valid on subnet');
  return gateway;
}

/** Throws for what is no address or appears twice. */
export function checkNameservers(nameservers: readonly string[], limit: number): readonly string[] {
  if (nameservers.length > limit) throw badRequest(`The number of DNS nameservers exceeds the limit ${limit}.`);
  const seen = new Set<string>();
  for (const text of nameservers) {
    const address = parseAddress(text);
    if (address === null)
      throw badRequest(`Invalid input for dns_nameservers. Reason: '${text}' is not a valid IP address.`);
    const normal = formatAddress(address);
    if (seen.has(normal))
      throw badRequest(`Invalid input for dns_nameservers. Reason: Duplicate nameserver '${text}'.`);
    seen.add(normal);
  }
  return [...seen];
}

/** Throws for routes whose destination is no network of the subnet's IP version or whose next hop is no address. */
export function checkHostRoutes(cidr: Cidr, routes: readonly HostRoute[], limit: number): readonly HostRoute[] {
  if (routes.length > limit) throw badRequest(`The number of host routes exceeds the limit ${limit}.`);
  return routes.map((route) => {
    const destination = parseCidr(route.destination);
    const nexthop = parseAddress(route.nexthop);
    if (destination?.version !== cidr.version || nexthop?.version !== cidr.version) {
      throw badRequest(`Invalid data format for hostroute: '${route.destination} via ${route.nexthop}'`);
    }
    return { destination: formatCidr(destination), nexthop: formatAddress(nexthop) };
  });
}

function badCidr(text: string, reason: string): ExpectedError {
  return new ExpectedError('InvalidInput', `Invalid input for cidr. Reason: ${reason}.`, { cidr: text });
}

function badRequest(message: string): ExpectedError {
  return new ExpectedError('NetworkBadRequest', message);
}
