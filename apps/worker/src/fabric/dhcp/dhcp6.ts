import { parseAddress } from '../../network/ipam/address.js';
import type { GuestNetworkState, GuestPort, GuestSubnet } from '../state/host-network.js';
import { encodeDomains } from './dhcp4-options.js';
import { LEASE_SECONDS } from './dhcp4-answer.js';
import type { DhcpSettings } from './dhcp4-answer.js';

/** Messages and options of RFC 8415. */
const TYPE = {
  SOLICIT: 1,
  ADVERTISE: 2,
  REQUEST: 3,
  CONFIRM: 4,
  RENEW: 5,
  REBIND: 6,
  REPLY: 7,
  RELEASE: 8,
  DECLINE: 9,
  INFORMATION: 11,
};
const OPTION = { CLIENT_ID: 1, SERVER_ID: 2, IA_NA: 3, IAADDR: 5, STATUS: 13, RAPID_COMMIT: 14, DNS: 23, DOMAINS: 24 };
const NO_ADDRESS = 2;
const NOT_ON_LINK = 4;

export interface Dhcp6Request {
  readonly type: number;
  readonly transaction: Buffer;
  readonly options: ReadonlyMap<number, Buffer>;
}

/** Parses a client's message; null for anything else, including relayed messages. */
export function readRequest6(packet: Buffer): Dhcp6Request | null {
  const type = packet[0] ?? 0;
  if (packet.length < 4 || type < TYPE.SOLICIT || type > TYPE.INFORMATION || type === 10) return null;
  return { type, transaction: packet.subarray(1, 4), options: readOptions(packet.subarray(4)) };
}

function readOptions(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= bytes.length;) {
    const length = bytes.readUInt16BE(at + 2);
    const value = bytes.subarray(at + 4, at + 4 + length);
    if (value.length === length) options.set(bytes.readUInt16BE(at), value);
    at += 4 + length;
  }
  return options;
}

/**
 * The MAC of a client, from its DUID if that contains one (DUID-LLT, DUID-LL), otherwise from its link-local address
 * (EUI-64).
 */
export function clientMac({ options }: Dhcp6Request, from: string): string | null {
  const address = parseAddress(from.split('%')[0] ?? '');
  if (address !== null) {
    const bytes = Array.from({ length: 8 }, (_, index) => Number((address.value >> BigInt(56 - 8 * index)) & 0xffn));
    if (bytes[3] === 0xff && bytes[4] === 0xfe) {
      return macText([(bytes[0] ?? 0) ^ 0x02, bytes[1] ?? 0, bytes[2] ?? 0, ...bytes.slice(5)]);
    }
  }
  const duid = options.get(OPTION.CLIENT_ID);
  const kind = duid === undefined || duid.length < 4 ? 0 : duid.readUInt16BE(0);
  if (duid === undefined || (kind !== 1 && kind !== 3)) return null;
  const mac = duid.subarray(kind === 1 ? 8 : 4);
  return mac.length === 6 ? macText([...mac]) : null;
}

function macText(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/**
 * The answer to a port: its addresses in subnets with DHCPv6 (`dhcpv6-stateful`), and name servers, also in subnets
 * with `dhcpv6-stateless`. Null if there is nothing to answer.
 */
export function answer6(
  request: Dhcp6Request,
  network: GuestNetworkState,
  port: GuestPort,
  settings: DhcpSettings,
): Buffer | null {
  const { dhcpPort, subnets } = network;
  const served = subnets.filter(
    ({ ipVersion, enableDhcp, addressMode }) => ipVersion === 6 && enableDhcp && addressMode !== 'slaac',
  );
  const client = request.options.get(OPTION.CLIENT_ID);
  if (dhcpPort === null || served.length === 0) return null;
  const serverId = Buffer.concat([
    Buffer.from([0, 3, 0, 1]),
    Buffer.from(dhcpPort.macAddress.replaceAll(':', ''), 'hex'),
  ]);
  const chosen = request.options.get(OPTION.SERVER_ID);
  if (chosen !== undefined && !chosen.equals(serverId)) return null;
  if (client === undefined && request.type !== TYPE.INFORMATION) return null;
  const parts = [
    option(OPTION.SERVER_ID, serverId),
    ...(client === undefined ? [] : [option(OPTION.CLIENT_ID, client)]),
  ];
  const addresses = port.fixedIps
    .filter(({ subnet_id: id }) => served.some((subnet) => subnet.id === id && isStateful(subnet)))
    .map(({ ip_address: address }) => address);
  const isFast = request.type === TYPE.SOLICIT && request.options.has(OPTION.RAPID_COMMIT);
  switch (request.type) {
    case TYPE.SOLICIT:
    case TYPE.REQUEST:
    case TYPE.RENEW:
    case TYPE.REBIND:
      parts.push(...association(request, addresses));
      if (isFast) parts.push(option(OPTION.RAPID_COMMIT, Buffer.alloc(0)));
      break;
    case TYPE.CONFIRM:
      parts.push(status(isConfirmed(request, addresses) ? 0 : NOT_ON_LINK));
      break;
    case TYPE.RELEASE:
    case TYPE.DECLINE:
      parts.push(status(0));
      break;
    default:
  }
  const names = served
    .flatMap(({ dnsNameservers }) => dnsNameservers)
    .filter((text) => parseAddress(text)?.version === 6);
  const own = dhcpPort.fixedIps
    .filter(({ subnet_id: id }) => served.some((subnet) => subnet.id === id))
    .map(({ ip_address: address }) => address);
  const dns = (names.length === 0 ? own : names).filter((text) => text !== '::');
  if (dns.length > 0) parts.push(option(OPTION.DNS, Buffer.concat(dns.map(addressBytes6))));
  const domain = network.dnsDomain || settings.domain;
  if (domain !== '') parts.push(option(OPTION.DOMAINS, encodeDomains([domain])));
  const type = request.type === TYPE.SOLICIT && !isFast ? TYPE.ADVERTISE : TYPE.REPLY;
  return Buffer.concat([Buffer.from([type]), request.transaction, ...parts]);
}

function isStateful({ addressMode }: GuestSubnet): boolean {
  return addressMode === 'dhcpv6-stateful' || addressMode === null;
}

function association(request: Dhcp6Request, addresses: readonly string[]): readonly Buffer[] {
  const asked = request.options.get(OPTION.IA_NA);
  if (asked === undefined || asked.length < 12) return [];
  const head = Buffer.alloc(12);
  asked.copy(head, 0, 0, 4);
  head.writeUInt32BE(LEASE_SECONDS / 2, 4);
  head.writeUInt32BE((LEASE_SECONDS * 4) / 5, 8);
  const leases = addresses.map((address) => {
    const lease = Buffer.alloc(24);
    addressBytes6(address).copy(lease);
    lease.writeUInt32BE(LEASE_SECONDS, 16);
    lease.writeUInt32BE(LEASE_SECONDS, 20);
    return option(OPTION.IAADDR, lease);
  });
  return [option(OPTION.IA_NA, Buffer.concat([head, ...(leases.length === 0 ? [status(NO_ADDRESS)] : leases)]))];
}

function isConfirmed(request: Dhcp6Request, addresses: readonly string[]): boolean {
  const asked = request.options.get(OPTION.IA_NA);
  const lease = asked === undefined ? undefined : readOptions(asked.subarray(12)).get(OPTION.IAADDR);
  return lease !== undefined && addresses.some((address) => addressBytes6(address).equals(lease.subarray(0, 16)));
}

function status(code: number): Buffer {
  return option(OPTION.STATUS, Buffer.from([0, code]));
}

function option(code: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(code, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value]);
}

function addressBytes6(text: string): Buffer {
  const value = parseAddress(text)?.value ?? 0n;
  return Buffer.from(value.toString(16).padStart(32, '0'), 'hex');
}
