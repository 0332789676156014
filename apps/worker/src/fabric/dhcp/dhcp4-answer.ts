import { parseAddress, formatCidr, parseCidr } from '../../network/ipam/address.js';
import { METADATA_ADDRESS } from '../layout/names.js';
import type { GuestNetworkState, GuestPort, GuestSubnet } from '../state/host-network.js';
import { DHCP, addressAt, addressBytes } from './dhcp4-message.js';
import type { DhcpAnswer, DhcpRequest } from './dhcp4-message.js';
import { NEXT_SERVER, encodeOption, encodeRoutes } from './dhcp4-options.js';

/** neutron's `dhcp_lease_duration`. */
export const LEASE_SECONDS = 86_400;

/** The settings of all networks. */
export interface DhcpSettings {
  /** For networks without a domain of their own; empty: none. */
  readonly domain: string;
}

/**
 * The DHCP answer to a port: its own address, or null if it gets none. A client that requests another address is
 * refused.
 */
export function answerTo(
  request: DhcpRequest,
  network: GuestNetworkState,
  port: GuestPort,
  settings: DhcpSettings,
): DhcpAnswer | null {
  const lease = leaseOf(network, port);
  if (lease === null) return null;
  const { subnet, address, server } = lease;
  const chosen = request.options.get(54);
  if (chosen?.length === 4 && addressAt(chosen, 0) !== server) return null;
  const answer = { server, nextServer: null, address: null };
  switch (request.type) {
    case DHCP.DISCOVER:
      return { ...answer, type: DHCP.OFFER, ...granted(request, network, port, subnet, address, server, settings) };
    case DHCP.REQUEST: {
      const wanted = request.options.get(50);
      const asked = wanted?.length === 4 ? addressAt(wanted, 0) : request.clientAddress;
      if (asked !== null && asked !== address) return { ...answer, type: DHCP.NAK, options: new Map() };
      return { ...answer, type: DHCP.ACK, ...granted(request, network, port, subnet, address, server, settings) };
    }
    case DHCP.INFORM: {
      const all = granted(request, network, port, subnet, address, server, settings);
      const options = new Map([...all.options].filter(([code]) => ![51, 58, 59].includes(code)));
      return { ...answer, type: DHCP.ACK, nextServer: all.nextServer, options };
    }
    default:
      return null;
  }
}

interface Lease {
  readonly subnet: GuestSubnet;
  readonly address: string;
  /** The DHCP port's address on the same subnet. */
  readonly server: string;
}

function leaseOf({ subnets, dhcpPort }: GuestNetworkState, port: GuestPort): Lease | null {
  for (const { subnet_id: subnetId, ip_address: address } of port.fixedIps) {
    const subnet = subnets.find(({ id }) => id === subnetId);
    const server = dhcpPort?.fixedIps.find(({ subnet_id: id }) => id === subnetId)?.ip_address;
    if (subnet?.ipVersion === 4 && subnet.enableDhcp && server !== undefined) return { subnet, address, server };
  }
  return null;
}

function granted(
  request: DhcpRequest,
  network: GuestNetworkState,
  port: GuestPort,
  subnet: GuestSubnet,
  address: string,
  server: string,
  { domain }: DhcpSettings,
): Pick<DhcpAnswer, 'address' | 'options' | 'nextServer'> {
  const options = new Map<number, Buffer>();
  const seconds = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer).swap32();
  options.set(51, seconds(LEASE_SECONDS));
  options.set(58, seconds(LEASE_SECONDS / 2));
  options.set(59, seconds((LEASE_SECONDS * 7) / 8));
  const cidr = parseCidr(subnet.cidr);
  if (cidr !== null) {
    const mask = Buffer.alloc(4);
    mask.writeUInt32BE(Number((0xffffffffn << BigInt(32 - cidr.prefix)) & 0xffffffffn));
    options.set(1, mask);
    const last = Buffer.alloc(4);
    last.writeUInt32BE(Number(cidr.last));
    options.set(28, last);
  }
  if (subnet.gatewayIp !== null) options.set(3, addressBytes(subnet.gatewayIp));
  const names = subnet.dnsNameservers.filter((text) => parseAddress(text)?.version === 4);
  // As in neutron: 0.0.0.0 means no name servers.
  if (!names.includes('0.0.0.0')) {
    options.set(6, Buffer.concat((names.length === 0 ? [server] : names).map(addressBytes)));
  }
  options.set(12, Buffer.from(port.dnsName === '' ? `host-${address.replaceAll('.', '-')}` : port.dnsName));
  const suffix = (network.dnsDomain || domain).replace(/\.$/, '');
  if (suffix !== '') options.set(15, Buffer.from(suffix));
  if (network.mtu >= 68) options.set(26, Buffer.from([network.mtu >> 8, network.mtu & 0xff]));
  const routes = encodeRoutes(routesOf(network, subnet, server));
  options.set(121, routes);
  if (request.options.get(55)?.includes(249) === true) options.set(249, routes);
  let nextServer: string | null = null;
  for (const option of port.dhcpOptions) {
    if (option.ip_version === 6) continue;
    if (NEXT_SERVER.includes(option.opt_name)) {
      nextServer = parseAddress(option.opt_value)?.version === 4 ? option.opt_value : nextServer;
      continue;
    }
    const encoded = encodeOption(option);
    if (encoded === null) continue;
    const [code, value] = encoded;
    // An empty value removes an option.
    if (value.length === 0) options.delete(code);
    else options.set(code, value);
    if (code === 3 && value.length === 0)
      options.set(121, encodeRoutes(routesOf(network, { ...subnet, gatewayIp: null }, server)));
  }
  return { address, options, nextServer };
}

/**
 * A client that gets RFC 3442's option ignores option 3, so it contains the default route and the route to the metadata
 * too.
 */
function routesOf(
  { subnets }: GuestNetworkState,
  { id, cidr, gatewayIp, hostRoutes }: GuestSubnet,
  server: string,
): readonly (readonly [string, string])[] {
  const own = hostRoutes.map(({ destination, nexthop }) => [destination, nexthop] as const);
  const hasOwn = (destination: string): boolean => own.some(([one]) => one === destination);
  const routes = own.filter(([destination]) => destination !== '0.0.0.0/0');
  if (!hasOwn(`${METADATA_ADDRESS}/32`)) routes.push([`${METADATA_ADDRESS}/32`, server]);
  // The other subnets of the network are on the same link.
  for (const other of subnets) {
    const prefix = parseCidr(other.cidr);
    if (other.id === id || other.ipVersion !== 4 || prefix === null || other.cidr === cidr) continue;
    if (!hasOwn(formatCidr(prefix))) routes.push([formatCidr(prefix), '0.0.0.0']);
  }
  const gateway = own.find(([destination]) => destination === '0.0.0.0/0')?.[1] ?? gatewayIp;
  if (gateway !== null) routes.push(['0.0.0.0/0', gateway]);
  return routes;
}
