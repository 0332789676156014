import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { InstanceNic, InstanceNicAddress, PortData } from '#libs/contracts';
import { netdevId } from './guest-nics.js';
import { GuestFolder } from './guest-folder.js';
import type {
  GuestNetwork,
  GuestRelay,
  NetdevArguments,
  PluggedPort,
  PluggedServer,
  PluggedServerPorts,
} from './guest-network.js';
import { withQmp } from './qmp-client.js';

export interface UserNetworkSettings {
  readonly instancesPath: string;
  /** `[qemu] user_network_outbound`. */
  readonly outbound: boolean;
  nics(serverId: string): Promise<readonly InstanceNic[]>;
}

/**
 * The network that needs no privileges: QEMU's own (slirp). Each port is alone on its network, gets its address by
 * DHCP, and is reached from this machine by forwarded ports. Nothing is created outside of the guest's process.
 */
export class UserNetwork implements GuestNetwork {
  readonly level = 'user';
  /** slirp answers only at its own addresses. */
  readonly hasMetadata = false;

  constructor(private readonly settings: UserNetworkSettings) {}

  async plug(server: PluggedServer, ports: readonly PortData[]): Promise<PluggedServerPorts> {
    const nics = await this.settings.nics(server.id);
    const plugged = ports.map((port): PluggedPort => {
      const nic = nics.find(({ port_id: id }) => id === port.id);
      const netdev = userNetdev(nic?.fixed_ips ?? [], server.hostname, this.settings.outbound);
      return { portId: port.id, macAddress: port.mac_address, mtu: nic?.mtu ?? null, netdev };
    });
    return { ports: plugged, launcher: [] };
  }

  async unplug(): Promise<void> {}

  async keepOnly(): Promise<void> {}

  hint(): void {}

  async close(): Promise<void> {}

  relay(server: PluggedServer, ports: readonly PortData[], port: number): Promise<GuestRelay | null> {
    const portId = ports.find(({ fixed_ips: addresses }) =>
      addresses.some(({ ip_address: ip }) => !ip.includes(':')),
    )?.id;
    if (portId === undefined) return Promise.resolve(null);
    return forwardToGuest(new GuestFolder(this.settings.instancesPath, server.id), portId, port);
  }
}

/**
 * Forwards a free port of this machine's loopback address to a TCP port of a guest with slirp, as long as it runs; an
 * existing forwarding is returned again. Throws QmpUnreachable for a guest that is off.
 */
export function forwardToGuest(folder: GuestFolder, portId: string, port: number): Promise<GuestRelay> {
  return withQmp(folder.qmp, async (qmp) => {
    const monitor = async (line: string): Promise<string> =>
      String(await qmp.execute('human-monitor-command', { 'command-line': line }));
    const known = forwarded(await monitor('info usernet'), netdevId(portId), port);
    if (known !== undefined) return { host: '127.0.0.1', port: known };
    const free = await freePort();
    const answer = await monitor(`hostfwd_add ${netdevId(portId)} tcp:127.0.0.1:${free}-:${port}`);
    if (answer.trim() !== '') throw new Error(`QEMU forwards no port: ${answer.trim()}`);
    return { host: '127.0.0.1', port: free };
  });
}

/** The port of this machine that a line of `info usernet` forwards to `port` of a backend. */
export function forwarded(text: string, netdev: string, port: number): number | undefined {
  let isAsked = false;
  for (const line of text.split('\n')) {
    if (/^\S.*:\s*$/.test(line)) isAsked = line.includes(netdev);
    const [, from, to] = /TCP\[HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)\s+\S+\s+(\d+)/.exec(line) ?? [];
    if (isAsked && to !== undefined && Number(to) === port) return Number(from);
  }
  return undefined;
}

/** The slirp arguments for the addresses of a port: the first IPv4 address by DHCP, IPv6 by its subnet's prefix. */
export function userNetdev(
  addresses: readonly InstanceNicAddress[],
  hostname: string,
  outbound: boolean,
): NetdevArguments {
  const v4 = addresses.find(({ ip_version: version }) => version === 4);
  const v6 = addresses.find(({ ip_version: version }) => version === 6);
  return {
    type: 'user',
    restrict: !outbound,
    ...(v4 === undefined ? { ipv4: false } : { ...ipv4(v4), hostname }),
    ...(v6 === undefined ? { ipv6: false } : ipv6(v6)),
  };
}

function ipv4({ cidr, ip_address: ip, gateway_ip: gateway }: InstanceNicAddress): Record<string, string> {
  // slirp needs addresses of its own beside the guest's: a network of fewer than eight addresses is enlarged.
  const [, length] = ipaddr.IPv4.parseCIDR(cidr);
  const prefix = Math.min(length, 29);
  const first = numberOf(ipaddr.IPv4.networkAddressFromCIDR(`${ip}/${prefix}`).toString());
  const last = first + 2 ** (32 - prefix) - 1;
  const taken = new Set([ip]);
  const host =
    gateway !== null && gateway !== ip && isWithin(gateway, first, last) ? gateway : pick(first + 1, 1, taken);
  taken.add(host);
  const dns = pick(last - 1, -1, taken);
  return { net: `${addressOf(first)}/${prefix}`, host, dns, dhcpstart: ip };
}

function ipv6({ cidr }: InstanceNicAddress): Record<string, string> {
  const [, length] = ipaddr.IPv6.parseCIDR(cidr);
  // slirp announces 64-bit prefixes.
  const prefix = ipaddr.IPv6.networkAddressFromCIDR(`${cidr.split('/')[0] ?? '::'}/${Math.min(length, 64)}`).toString();
  return { 'ipv6-net': `${prefix}/64` };
}

function numberOf(address: string): number {
  return ipaddr.IPv4.parse(address).octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

function addressOf(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

function isWithin(address: string, first: number, last: number): boolean {
  if (!ipaddr.IPv4.isValid(address)) return false;
  const value = numberOf(address);
  return value > first && value < last;
}

function pick(from: number, step: 1 | -1, taken: ReadonlySet<string>): string {
  let value = from;
  while (taken.has(addressOf(value))) value += step;
  return addressOf(value);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
