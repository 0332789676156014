import { parseAddress, contains, parseCidr } from '../../network/ipam/address.js';
import type { GuestNetworkState, HostNetwork } from '../state/host-network.js';
import { groupRules } from './group-rules.js';
import type { BridgeLayout, Layout, NamespaceLayout, TapLayout, TunnelLayout, WireLayout } from './layout.js';
import {
  METADATA_ADDRESS,
  bridgeOf,
  dhcpNamespace,
  dhcpPair,
  outsideNamespace,
  outsidePair,
  tapOf,
  tunnelOf,
  vlanOf,
  wirePair,
} from './names.js';
import { replaceTable } from './nft-text.js';
import { addressesOf, routerLayout } from './router-layout.js';
import { burstKbits, spoofRules } from './spoof-rules.js';
import type { NumberedPort } from './spoof-rules.js';

const MAX_ZONE = 65_535;

/** Bridges of the machine by their physical networks (`[linux_bridge] bridge_mappings`). */
export type BridgeMappings = ReadonlyMap<string, string>;

/** How networks are connected to the outside of this machine. */
export interface WaysOut {
  readonly bridgeMappings: BridgeMappings;
  /**
   * This host's address on the network between hosts (`[vxlan] local_ip`); null: its networks exist on this host only.
   */
  readonly tunnelIp: string | null;
}

export const NO_WAYS_OUT: WaysOut = { bridgeMappings: new Map(), tunnelIp: null };

/**
 * The desired kernel state of a host for `plugged` (ids of ports); some of these ports may no longer be in the state.
 */
export function hostLayout(
  state: HostNetwork,
  plugged: readonly string[],
  { bridgeMappings, tunnelIp }: WaysOut = NO_WAYS_OUT,
): Layout {
  const networks = new Map(state.networks.map((network) => [network.id, network]));
  const numbered = state.ports.map((port, index): NumberedPort => ({
    number: index + 1,
    port,
    qos: state.qos.find(({ id }) => id === port.qosPolicyId) ?? null,
  }));
  const zones = zonesOf(state.networks.map(({ id }) => id));
  const namespaces = [
    ...state.networks.flatMap(dhcpLayout),
    ...state.networks.flatMap((network) => outsideLayout(network, state)),
    ...state.routers.map((router) => routerLayout(router, networks)),
  ];
  const tunnels = state.networks.flatMap((network) => tunnelLayout(network, tunnelIp));
  const rules =
    spoofRules(numbered, tunnels.length > 0) +
    groupRules({ ports: numbered, groups: state.groups, addressSets: state.addressSets, networks: zones });
  return {
    bridges: state.networks.map(bridgeLayout),
    wires: state.networks.flatMap((network) => wireLayout(network, bridgeMappings)),
    tunnels,
    taps: plugged.map((id) => tapLayout(id, numbered, networks)),
    namespaces,
    rules,
  };
}

/**
 * A zone for each network, derived from its id: it stays the same when other networks come and go, so connections
 * survive.
 */
function zonesOf(networks: readonly string[]): readonly { readonly id: string; readonly zone: number }[] {
  const taken = new Set<number>();
  return networks.map((id) => {
    let zone = (Number.parseInt(id.replaceAll(/[^0-9a-f]/g, '').slice(0, 8), 16) % MAX_ZONE) + 1;
    while (taken.has(zone)) zone = (zone % MAX_ZONE) + 1;
    taken.add(zone);
    return { id, zone };
  });
}

function bridgeLayout({ id, mtu, adminStateUp }: GuestNetworkState): BridgeLayout {
  return { name: bridgeOf(id), mtu: mtuOf(mtu), isUp: adminStateUp };
}

/** A flat or VLAN network is connected to the bridge of its physical network. */
function wireLayout(network: GuestNetworkState, mappings: BridgeMappings): readonly WireLayout[] {
  const { id, mtu, networkType, physicalNetwork, segmentationId } = network;
  const outside = physicalNetwork === null ? undefined : mappings.get(physicalNetwork);
  if (outside === undefined) return [];
  const { inner: name, outer } = wirePair(id);
  const vlan = networkType === 'vlan' && segmentationId !== null ? { name: vlanOf(id), tag: segmentationId } : null;
  return [{ name, outer, bridge: bridgeOf(id), outside, vlan, mtu: mtuOf(mtu) }];
}

/** External networks exist on the hosts of their routers. */
function tunnelLayout(network: GuestNetworkState, local: string | null): readonly TunnelLayout[] {
  const { id, mtu, networkType, segmentationId: vni, external, peers } = network;
  if (local === null || networkType !== 'vxlan' || vni === null || external) return [];
  return [{ name: tunnelOf(id), bridge: bridgeOf(id), vni, local, peers, mtu: mtuOf(mtu) }];
}

/** The kernel reserves 0 for itself. */
const mtuOf = (mtu: number): number => (mtu === 0 ? 1_500 : mtu);

function tapLayout(
  id: string,
  ports: readonly NumberedPort[],
  networks: ReadonlyMap<string, GuestNetworkState>,
): TapLayout {
  const found = ports.find(({ port }) => port.id === id);
  if (found === undefined) return { name: tapOf(id), bridge: null, mtu: 1_500, isUp: false, limit: null };
  const { port, qos } = found;
  const limit = qos?.ingress ?? null;
  return {
    name: tapOf(id),
    bridge: bridgeOf(port.networkId),
    mtu: mtuOf(networks.get(port.networkId)?.mtu ?? 0),
    isUp: port.adminStateUp,
    limit: limit === null ? null : { kbps: limit.maxKbps, burst: burstKbits(limit) },
  };
}

/** The services of a network for its guests: nothing else in their namespace can be reached. */
function dhcpLayout(network: GuestNetworkState): readonly NamespaceLayout[] {
  const { id, mtu, dhcpPort } = network;
  if (dhcpPort === null || dhcpPort.fixedIps.length === 0) return [];
  const names = dhcpPair(id);
  return [
    {
      name: dhcpNamespace(id),
      forwards: false,
      pairs: [
        {
          ...names,
          bridge: bridgeOf(id),
          macAddress: dhcpPort.macAddress,
          mtu: mtuOf(mtu),
          addresses: [...addressesOf(dhcpPort, network), `${METADATA_ADDRESS}/32`],
        },
      ],
      // Broadcasts are sent to the network.
      routes: [{ destination: '255.255.255.255', via: null, device: names.inner }],
      rules: serviceRules(),
    },
  ];
}

function serviceRules(): string {
  return replaceTable('inet', 'albireo_services', [
    {
      name: 'input',
      lines: [
        'type filter hook input priority 0; policy drop;',
        'ct state established,related accept',
        'meta l4proto { icmp, icmpv6 } accept',
        'udp dport { 53, 67, 547 } accept',
        'tcp dport { 53, 80 } accept',
      ],
    },
    { name: 'forward', lines: ['type filter hook forward priority 0; policy drop;'] },
  ]);
}

/** An external network without a physical network has its gateway here, so that routers have a next hop. */
function outsideLayout(network: GuestNetworkState, state: HostNetwork): readonly NamespaceLayout[] {
  const isUsed = state.routers.some(({ gateways }) => gateways.some(({ networkId }) => networkId === network.id));
  if (!network.external || network.physicalNetwork !== null || !isUsed) return [];
  const taken = state.routers.flatMap(({ interfaces, gateways }) =>
    [...interfaces, ...gateways].flatMap(({ fixedIps }) => fixedIps.map(({ ip_address: address }) => address)),
  );
  const addresses = network.subnets.flatMap(({ gatewayIp, cidr }) => {
    const prefix = parseCidr(cidr);
    const address = parseAddress(gatewayIp ?? '');
    if (gatewayIp === null || prefix === null || address === null || !contains(prefix, address)) return [];
    return taken.includes(gatewayIp) ? [] : [`${gatewayIp}/${prefix.prefix}`];
  });
  if (addresses.length === 0) return [];
  return [
    {
      name: outsideNamespace(network.id),
      forwards: false,
      pairs: [
        {
          ...outsidePair(network.id),
          bridge: bridgeOf(network.id),
          macAddress: null,
          mtu: mtuOf(network.mtu),
          addresses,
        },
      ],
      routes: [],
      rules: replaceTable('inet', 'albireo_outside', [
        {
          name: 'input',
          lines: [
            'type filter hook input priority 0; policy drop;',
            'ct state established,related accept',
            'meta l4proto { icmp, icmpv6 } accept',
          ],
        },
        { name: 'forward', lines: ['type filter hook forward priority 0; policy drop;'] },
      ]),
    },
  ];
}
