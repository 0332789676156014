import { parseAddress } from '../../network/ipam/address.js';
import type { GuestNetworkState, RouterPort, RouterState } from '../state/host-network.js';
import { bridgeOf, gatewayPair, interfacePair, routerNamespace } from './names.js';
import { listOf, replaceTable } from './nft-text.js';
import type { Chain } from './nft-text.js';
import type { NamespaceLayout, PairLayout, RouteLayout } from './layout.js';

type Networks = ReadonlyMap<string, GuestNetworkState>;

/** A router: a namespace with an interface on each of its networks. */
export function routerLayout(router: RouterState, networks: Networks): NamespaceLayout {
  const floating = [...router.floatingIps, ...router.portForwardings].map(
    ({ floatingAddress }) => `${floatingAddress}/32`,
  );
  // Floating IPs belong to the first gateway.
  const gateways = router.gateways.map((port, index) =>
    pairOf(port, networks, gatewayPair(port.id), index === 0 ? [...new Set(floating)] : []),
  );
  const interfaces = router.interfaces.map((port) => pairOf(port, networks, interfacePair(port.id), []));
  return {
    name: routerNamespace(router.id),
    forwards: true,
    pairs: [...interfaces, ...gateways],
    routes: routesOf(router, networks),
    rules: routerRules(router),
  };
}

function pairOf(
  port: RouterPort,
  networks: Networks,
  names: { readonly inner: string; readonly outer: string },
  more: readonly string[],
): PairLayout {
  const network = networks.get(port.networkId);
  return {
    ...names,
    bridge: bridgeOf(port.networkId),
    macAddress: port.macAddress,
    mtu: network?.mtu ?? 1_500,
    addresses: [...addressesOf(port, network), ...more],
  };
}

/** A port's addresses with the prefixes of their subnets. */
export function addressesOf(
  { fixedIps }: Pick<RouterPort, 'fixedIps'>,
  network: GuestNetworkState | undefined,
): readonly string[] {
  return fixedIps.flatMap(({ ip_address: address, subnet_id: subnetId }) => {
    const prefix = network?.subnets.find(({ id }) => id === subnetId)?.cidr.split('/')[1];
    return prefix === undefined ? [] : [`${address}/${prefix}`];
  });
}

function routesOf(router: RouterState, networks: Networks): readonly RouteLayout[] {
  const defaults: RouteLayout[] = [];
  for (const port of router.gateways) {
    for (const { subnet_id: subnetId } of port.fixedIps) {
      const subnet = networks.get(port.networkId)?.subnets.find(({ id }) => id === subnetId);
      if (subnet === undefined || subnet.gatewayIp === null) continue;
      // One default route per IP version.
      const version = subnet.ipVersion;
      if (defaults.some(({ via }) => parseAddress(via ?? '')?.version === version)) continue;
      defaults.push({ destination: 'default', via: subnet.gatewayIp, device: gatewayPair(port.id).inner });
    }
  }
  const extra = router.routes.map(({ destination, nexthop }) => ({ destination, via: nexthop, device: null }));
  return [...defaults, ...extra];
}

/**
 * Addresses are translated as by neutron's routers: a floating IP replaces its fixed address in both directions, and
 * all other traffic gets the gateway's address. A connection through a floating IP ends when the floating IP is moved.
 */
function routerRules({ floatingIps, portForwardings, gateways, enableSnat }: RouterState): string {
  const [gateway] = gateways;
  const address = gateway?.fixedIps.find(({ ip_address: text }) => parseAddress(text)?.version === 4)?.ip_address;
  const outer = gateway === undefined ? null : gatewayPair(gateway.id).inner;
  const chains: Chain[] = [
    {
      name: 'prerouting',
      lines: [
        'type nat hook prerouting priority -100; policy accept;',
        ...floatingIps.map(
          ({ floatingAddress, fixedAddress }) => `ip daddr ${floatingAddress} dnat to ${fixedAddress}`,
        ),
        ...portForwardings.map(forwardingLine),
      ],
    },
    {
      name: 'postrouting',
      lines: [
        'type nat hook postrouting priority 100; policy accept;',
        // Traffic within the router: the reply has to come back through it.
        ...floatingIps.map(
          ({ floatingAddress, fixedAddress }) => `ip saddr ${fixedAddress} ct status dnat snat to ${floatingAddress}`,
        ),
        ...(address === undefined || outer === null
          ? []
          : [`iifname != "${outer}" oifname != "${outer}" ct status dnat snat to ${address}`]),
        ...(outer === null
          ? []
          : floatingIps.map(
              ({ floatingAddress, fixedAddress }) =>
                `oifname "${outer}" ip saddr ${fixedAddress} snat to ${floatingAddress}`,
            )),
        ...(outer === null || address === undefined || !enableSnat
          ? []
          : [`iifname != "${outer}" oifname "${outer}" snat to ${address}`]),
      ],
    },
    {
      name: 'forward',
      lines: [
        'type filter hook forward priority 0; policy accept;',
        ...staleLines(floatingIps, portForwardings, address),
      ],
    },
    {
      name: 'input',
      lines: [
        'type filter hook input priority 0; policy drop;',
        'ct state established,related accept',
        'meta l4proto { icmp, icmpv6 } accept',
      ],
    },
  ];
  return replaceTable('ip', 'albireo_router', chains);
}

/** One mapping per port if the two ranges differ: nft itself would take any free port of a range. */
function forwardingLine(forwarding: RouterState['portForwardings'][number]): string {
  const { floatingAddress, protocol, externalFirst, externalLast, internalAddress, internalFirst, internalLast } =
    forwarding;
  const from = externalFirst === externalLast ? String(externalFirst) : `${externalFirst}-${externalLast}`;
  const match = `ip daddr ${floatingAddress} ${protocol} dport ${from} dnat to ${internalAddress}`;
  if (internalFirst === internalLast) return `${match}:${internalFirst}`;
  if (internalFirst === externalFirst) return match;
  const pairs = Array.from(
    { length: externalLast - externalFirst + 1 },
    (_, index) => `${externalFirst + index} : ${internalFirst + index}`,
  );
  return `${match} : ${protocol} dport map ${listOf(pairs)}`;
}

function staleLines(
  floatingIps: RouterState['floatingIps'],
  portForwardings: RouterState['portForwardings'],
  gateway: string | undefined,
): readonly string[] {
  const pairs = [
    ...floatingIps.map(({ floatingAddress, fixedAddress }) => `${floatingAddress} . ${fixedAddress}`),
    ...portForwardings.map(({ floatingAddress, internalAddress }) => `${floatingAddress} . ${internalAddress}`),
  ];
  const translated = 'ct status dnat ct original ip daddr . ct reply ip saddr';
  const own = [
    ...new Set([
      ...floatingIps.map(({ floatingAddress }) => floatingAddress),
      ...(gateway === undefined ? [] : [gateway]),
    ]),
  ];
  return [
    pairs.length === 0 ? 'ct status dnat drop' : `${translated} != ${listOf([...new Set(pairs)])} drop`,
    own.length === 0 ? 'ct status snat drop' : `ct status snat ct reply ip daddr != ${listOf(own)} drop`,
  ];
}
