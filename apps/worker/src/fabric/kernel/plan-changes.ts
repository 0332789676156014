import { parseAddress, formatCidr, parseCidr } from '../../network/ipam/address.js';
import type { Layout, NamespaceLayout, PairLayout, RouteLayout, TapLayout } from '../layout/layout.js';
import { planTunnel } from './plan-tunnel.js';
import { planWire } from './plan-wire.js';
import type { Kernel, KernelLink, KernelNamespace } from './read-kernel.js';

/** Lines for `ip -batch` and `tc -batch` that change the actual state to the desired one. */
export interface KernelChanges {
  /** Namespaces to be created first. */
  readonly newNamespaces: readonly string[];
  /** On the machine itself, before those of the space. */
  readonly outside: readonly string[];
  readonly space: readonly string[];
  /** Lines for `bridge -batch`, after those of the space. */
  readonly peers: readonly string[];
  readonly namespaces: readonly { readonly name: string; readonly lines: readonly string[] }[];
  readonly shaping: readonly string[];
  /** After all others. */
  readonly oldNamespaces: readonly string[];
}

/** Devices of this program, by the prefixes of their names. */
const OWN = /^(brq|dhp|qrp|qgp|exp|wir|vln|vxl)/;

/**
 * Compares the two states; the space belongs to the process `holder`. Taps are never created or deleted here: their
 * guests' driver does that.
 */
export function planChanges(layout: Layout, kernel: Kernel, holder: number): KernelChanges {
  const present = new Map(kernel.links.map((link) => [link.name, link]));
  const pairs = layout.namespaces.flatMap((namespace) => namespace.pairs.map((pair) => ({ namespace, pair })));
  const wires = layout.wires.map((wire) => planWire(wire, kernel, holder));
  const tunnels = layout.tunnels.map((tunnel) => planTunnel(tunnel, kernel, holder));
  const wanted = new Set([
    ...layout.bridges.map(({ name }) => name),
    ...pairs.map(({ pair }) => pair.outer),
    ...layout.wires.flatMap(({ name, vlan }) => (vlan === null ? [name] : [name, vlan.name])),
    ...layout.tunnels.map(({ name }) => name),
  ]);
  const names = new Set(layout.namespaces.map(({ name }) => name));
  const space: string[] = [];
  for (const { name } of kernel.links) if (OWN.test(name) && !wanted.has(name)) space.push(`link delete ${name}`);
  for (const { name, mtu, isUp } of layout.bridges) {
    const found = present.get(name);
    if (found === undefined) space.push(`link add ${name} type bridge forward_delay 0 stp_state 0 mcast_snooping 0`);
    if (found?.mtu !== mtu) space.push(`link set ${name} mtu ${mtu}`);
    if ((found?.isUp ?? false) !== isUp) space.push(`link set ${name} ${isUp ? 'up' : 'down'}`);
  }
  for (const { namespace, pair } of pairs) {
    space.push(...outerLines(namespace, pair, present.get(pair.outer), kernel.namespaces.get(namespace.name)));
  }
  space.push(...[...wires, ...tunnels].flatMap((way) => way.space));
  for (const tap of layout.taps) space.push(...tapLines(tap, present.get(tap.name)));
  return {
    newNamespaces: [...names].filter((name) => !kernel.namespaces.has(name)),
    outside: [...wires, ...tunnels].flatMap((way) => way.outside),
    space,
    peers: tunnels.flatMap(({ peers }) => peers),
    namespaces: layout.namespaces
      .map((namespace) => ({
        name: namespace.name,
        lines: namespaceLines(namespace, kernel.namespaces.get(namespace.name), present),
      }))
      .filter(({ lines }) => lines.length > 0),
    shaping: layout.taps.flatMap((tap) => shapingLines(tap, present.get(tap.name))),
    oldNamespaces: [...kernel.namespaces.keys()].filter((name) => !names.has(name)),
  };
}

/** If one end is missing, the pair is created again: both ends are deleted together. */
function isWhole(pair: PairLayout, outer: KernelLink | undefined, namespace: KernelNamespace | undefined): boolean {
  return outer !== undefined && (namespace?.links.some(({ name }) => name === pair.inner) ?? false);
}

function outerLines(
  { name }: NamespaceLayout,
  pair: PairLayout,
  found: KernelLink | undefined,
  namespace: KernelNamespace | undefined,
): readonly string[] {
  const lines: string[] = [];
  const there = isWhole(pair, found, namespace) ? found : undefined;
  if (there === undefined) {
    if (found !== undefined) lines.push(`link delete ${pair.outer}`);
    lines.push(`link add ${pair.outer} type veth peer name ${pair.inner} netns ${name}`);
  }
  if (there?.mtu !== pair.mtu) lines.push(`link set ${pair.outer} mtu ${pair.mtu}`);
  if (there?.master !== pair.bridge) lines.push(`link set ${pair.outer} master ${pair.bridge}`);
  if (there?.isUp !== true) lines.push(`link set ${pair.outer} up`);
  return lines;
}

function tapLines(tap: TapLayout, found: KernelLink | undefined): readonly string[] {
  if (found === undefined) return [];
  const lines: string[] = [];
  if (found.mtu !== tap.mtu) lines.push(`link set ${tap.name} mtu ${tap.mtu}`);
  if (found.master !== tap.bridge) {
    lines.push(tap.bridge === null ? `link set ${tap.name} nomaster` : `link set ${tap.name} master ${tap.bridge}`);
  }
  if (found.isUp !== tap.isUp) lines.push(`link set ${tap.name} ${tap.isUp ? 'up' : 'down'}`);
  return lines;
}

function shapingLines({ name, limit }: TapLayout, found: KernelLink | undefined): readonly string[] {
  if (found === undefined) return [];
  if (limit === null) return found.qdisc === 'tbf' ? [`qdisc del dev ${name} root`] : [];
  const { kbps, burst } = limit;
  // Its values are not read back, since setting the same ones again changes nothing.
  return [`qdisc replace dev ${name} root tbf rate ${kbps}kbit burst ${Math.max(burst, 16)}kbit latency 50ms`];
}

function namespaceLines(
  namespace: NamespaceLayout,
  found: KernelNamespace | undefined,
  outer: ReadonlyMap<string, KernelLink>,
): readonly string[] {
  const lines: string[] = [];
  if (found?.links.find(({ name }) => name === 'lo')?.isUp !== true) lines.push('link set lo up');
  for (const pair of namespace.pairs) {
    const isThere = isWhole(pair, outer.get(pair.outer), found);
    const link = isThere ? found?.links.find(({ name }) => name === pair.inner) : undefined;
    const has = isThere ? (found?.addresses.get(pair.inner) ?? []) : [];
    const { macAddress: mac } = pair;
    const isOther = mac !== null && link?.macAddress !== mac;
    if (isOther) {
      if (link?.isUp === true) lines.push(`link set ${pair.inner} down`);
      lines.push(`link set ${pair.inner} address ${mac}`);
    }
    if (link?.mtu !== pair.mtu) lines.push(`link set ${pair.inner} mtu ${pair.mtu}`);
    for (const address of has) {
      if (!pair.addresses.includes(address)) lines.push(`address delete ${address} dev ${pair.inner}`);
    }
    for (const address of pair.addresses) {
      if (!has.includes(address)) lines.push(addressLine(address, pair.inner));
    }
    if (link?.isUp !== true || isOther) lines.push(`link set ${pair.inner} up`);
  }
  const routes = lines.length > 0 ? [] : (found?.routes ?? []);
  const wanted = namespace.routes.map(normalized);
  for (const route of routes) {
    if (!wanted.some((one) => isSame(one, route))) lines.push(`route delete ${words(route)}`);
  }
  // Routes are deleted with their devices' addresses, so all routes are set again after any other change.
  for (const route of wanted) {
    if (!routes.some((one) => isSame(route, one))) lines.push(`route replace ${words(route)}`);
  }
  return lines;
}

/** Without IPv6's duplicate address detection. */
function addressLine(address: string, device: string): string {
  return `address add ${address} dev ${device}${address.includes(':') ? ' nodad' : ''}`;
}

/** As `ip` writes it: a prefix with a single address is that address. */
function normalized({ destination, via, device }: RouteLayout): RouteLayout {
  const cidr = parseCidr(destination);
  if (cidr === null) return { destination, via, device };
  const whole = cidr.version === 4 ? 32 : 128;
  if (cidr.prefix === 0) return { destination: 'default', via, device };
  return { destination: cidr.prefix === whole ? (destination.split('/')[0] ?? '') : formatCidr(cidr), via, device };
}

function isSame(wanted: RouteLayout, found: RouteLayout): boolean {
  return (
    wanted.destination === found.destination &&
    wanted.via === found.via &&
    (wanted.device === null || wanted.device === found.device)
  );
}

function words({ destination, via, device }: RouteLayout): string {
  const version = parseAddress(via ?? destination.split('/')[0] ?? '')?.version ?? 4;
  const target = destination === 'default' ? (version === 4 ? '0.0.0.0/0' : '::/0') : destination;
  const to = device === null ? [] : ['dev', device];
  // A gateway may be outside of its subnet.
  const isOnLink = via !== null && device !== null ? ['onlink'] : [];
  return [target, ...(via === null ? [] : ['via', via]), ...to, ...isOnLink].join(' ');
}
