/** Where guests read their metadata. */
export const METADATA_ADDRESS = '169.254.169.254';

// Names of devices have at most 15 characters: a prefix and the first eleven of the object's id, as neutron has them.
const shortened = (prefix: string, id: string): string => prefix + id.slice(0, 11);

export const bridgeOf = (networkId: string): string => shortened('brq', networkId);
export const tapOf = (portId: string): string => shortened('tap', portId);

/** Where DHCP, DNS and metadata of a network are served. */
export const dhcpNamespace = (networkId: string): string => `qdhcp-${networkId}`;
export const routerNamespace = (routerId: string): string => `qrouter-${routerId}`;
/** The other side of an external network that has no physical one: its gateway, as this machine plays it. */
export const outsideNamespace = (networkId: string): string => `qext-${networkId}`;

/** The two ends of a pair: in the namespace, and at the bridge. */
export interface PairNames {
  readonly inner: string;
  readonly outer: string;
}

export const dhcpPair = (networkId: string): PairNames => pair('ns-', 'dhp', networkId);
export const interfacePair = (portId: string): PairNames => pair('qr-', 'qrp', portId);
export const gatewayPair = (portId: string): PairNames => pair('qg-', 'qgp', portId);
export const outsidePair = (networkId: string): PairNames => pair('ex-', 'exp', networkId);
/** What joins a network to a bridge of the machine. */
export const wirePair = (networkId: string): PairNames => pair('wir', 'wox', networkId);
export const vlanOf = (networkId: string): string => shortened('vln', networkId);
/** What joins a network to its bridges on other hosts. */
export const tunnelOf = (networkId: string): string => shortened(TUNNEL, networkId);
export const TUNNEL = 'vxl';

function pair(inner: string, outer: string, id: string): PairNames {
  return { inner: shortened(inner, id), outer: shortened(outer, id) };
}

/** A name that nft takes for a set or chain. */
export const identifier = (prefix: string, id: string): string => `${prefix}_${id.replaceAll(/[^0-9a-zA-Z]/g, '')}`;
