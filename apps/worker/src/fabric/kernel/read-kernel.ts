import type { NetworkSpace } from './network-space.js';

export interface KernelLink {
  readonly name: string;
  readonly kind: string;
  readonly master: string | null;
  readonly mtu: number;
  readonly isUp: boolean;
  readonly macAddress: string;
  readonly alias: string | null;
  /** For a VXLAN device. */
  readonly tunnel: { readonly vni: number; readonly local: string } | null;
  /** Its queueing discipline. */
  readonly qdisc: string;
}

export interface KernelRoute {
  readonly destination: string;
  readonly via: string | null;
  readonly device: string;
}

export interface KernelNamespace {
  readonly links: readonly KernelLink[];
  /** `address/prefix` by device; without addresses that the kernel itself assigned. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  readonly routes: readonly KernelRoute[];
}

/** The actual state of the kernel. */
export interface Kernel {
  readonly links: readonly KernelLink[];
  readonly namespaces: ReadonlyMap<string, KernelNamespace>;
  /** Destinations of tunnels for unknown MACs, by device; read if tunnels are desired. */
  readonly peers: ReadonlyMap<string, readonly string[]>;
  /** Devices of the machine, outside the space, if any are requested. */
  readonly outside: readonly KernelLink[];
}

interface LinkJson {
  readonly ifname: string;
  readonly master?: string;
  readonly mtu: number;
  readonly flags: readonly string[];
  readonly address?: string;
  readonly ifalias?: string;
  readonly qdisc?: string;
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_data?: { readonly id?: number; readonly local?: string; readonly local6?: string };
  };
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number; readonly scope?: string }[];
}

interface FdbJson {
  readonly mac: string;
  readonly ifname: string;
  readonly dst?: string;
}

interface RouteJson {
  readonly dst: string;
  readonly gateway?: string;
  readonly dev: string;
  readonly protocol?: string;
  readonly table?: string;
}

/** The entry in a tunnel's forwarding table for unknown MACs. */
export const NOBODY = '00:00:00:00:00:00';

const LINKS = ['ip', '-json', '-details', 'link', 'show'] as const;

/**
 * Reads the devices of a space and the contents of its namespaces; on request also the machine's devices and the peers.
 */
export async function readKernel(
  space: NetworkSpace,
  { withOutside, withPeers }: { readonly withOutside: boolean; readonly withPeers: boolean },
): Promise<Kernel> {
  const links = linksOf(parse(await space.run(LINKS)) as readonly LinkJson[]);
  const outside = withOutside ? linksOf(parse(await space.runOutside(LINKS)) as readonly LinkJson[]) : [];
  const names = parse(await space.run(['ip', '-json', 'netns', 'list'])) as readonly { readonly name: string }[];
  const namespaces = new Map<string, KernelNamespace>();
  for (const { name } of names) namespaces.set(name, await readNamespace(space, name));
  return { links, namespaces, outside, peers: withPeers ? await readPeers(space) : new Map() };
}

/** Entries for unknown MACs have this all-zero address. */
async function readPeers(space: NetworkSpace): Promise<ReadonlyMap<string, readonly string[]>> {
  const entries = parse(await space.run(['bridge', '-json', 'fdb', 'show'])) as readonly FdbJson[];
  const peers = new Map<string, string[]>();
  for (const { mac, ifname, dst } of entries) {
    if (mac === NOBODY && dst !== undefined) peers.set(ifname, [...(peers.get(ifname) ?? []), dst]);
  }
  return peers;
}

async function readNamespace(space: NetworkSpace, name: string): Promise<KernelNamespace> {
  const text = await space.run(['ip', '-json', '-details', '-batch', '-'], {
    namespace: name,
    input: 'address show\nroute show table all\n',
  });
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const found = parse(lines[0] ?? '') as readonly LinkJson[];
  const addresses = new Map(
    found.map(({ ifname, addr_info: own = [] }) => [
      ifname,
      own.filter(({ scope }) => scope !== 'link' && scope !== 'host').map((one) => `${one.local}/${one.prefixlen}`),
    ]),
  );
  // Only routes of the main table have no table.
  const routes = (parse(lines[1] ?? '') as readonly RouteJson[]).filter(
    ({ protocol, dst, table }) =>
      (table === undefined || table === 'main') &&
      protocol !== 'kernel' &&
      !dst.startsWith('fe80:') &&
      !dst.startsWith('ff00:'),
  );
  return {
    links: linksOf(found),
    addresses,
    routes: routes.map(({ dst, gateway, dev }) => ({ destination: dst, via: gateway ?? null, device: dev })),
  };
}

function tunnelOf({ linkinfo }: LinkJson): KernelLink['tunnel'] {
  const { info_kind: kind, info_data: data } = linkinfo ?? {};
  return kind === 'vxlan' ? { vni: data?.id ?? 0, local: data?.local ?? data?.local6 ?? '' } : null;
}

function linksOf(found: readonly LinkJson[]): readonly KernelLink[] {
  return found.map((link) => ({
    name: link.ifname,
    kind: link.linkinfo?.info_kind ?? '',
    master: link.master ?? null,
    mtu: link.mtu,
    isUp: link.flags.includes('UP'),
    macAddress: link.address ?? '',
    alias: link.ifalias ?? null,
    tunnel: tunnelOf(link),
    qdisc: link.qdisc ?? '',
  }));
}

/** `ip` writes nothing for an empty list, and empty objects in between. */
function parse(text: string): readonly object[] {
  const list: unknown = text.trim() === '' ? [] : JSON.parse(text);
  const entries: readonly unknown[] = Array.isArray(list) ? list : [];
  return entries.filter(
    (entry) => typeof entry === 'object' && entry !== null && Object.keys(entry).length > 0,
  ) as object[];
}
