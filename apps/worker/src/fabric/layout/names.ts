/** The address at which guests read their metadata. */
export const METADATA_ADDRESS = '169.254.169.254';

// Names of devices have at most 15 characters: a prefix and the first eleven characters of the object's id, as in
// neutron.
const shortened = (prefix: string, id: string): string => prefix + id.slice(0, 11);

export const bridgeOf = (networkId: string): string => shortened('brq', networkId);
export const tapOf = (portId: string): string => shortened('tap', portId);

/** The namespace with DHCP, DNS and metadata of a network. */
export const dhcpNamespace = (networkId: string): string => `qdhcp-${networkId}`;
export const routerNamespace = (routerId: string): string => `qrouter-${routerId}`;
/** The gateway of an external network without a physical network, which this machine provides. */
export const outsideNamespace = (networkId: string): string => `qext-${networkId}`;

/** The two ends of a pair: in the namespace, and on the bridge. */
export interface PairNames {
  readonly inner: string;
  readonly outer: string;
}

export const dhcpPair = (networkId: string): PairNames => pair('ns-', 'dhp', networkId);
export const interfacePair = (portId: string): PairNames => pair('qr-', 'qrp', portId);
export const gatewayPair = (portId: string): PairNames => pair('qg-', 'qgp', portId);
export const outsidePair = (networkId: string): PairNames => pair('ex-', 'exp', networkId);
/** The devices that connect a network to a bridge of the machine. */
export const wirePair = (networkId: string): PairNames => pair('wir', 'wox', networkId);
export const vlanOf = (networkId: string): string => shortened('vln', networkId);
/** The device that connects a network to its bridges on other hosts. */
export const tunnelOf = (networkId: string): string => shortened(TUNNEL, networkId);
export const TUNNEL = 'vxl';

function pair(inner: string, outer: string, id: string): PairNames {
  return { inner: shortened(inner, id), outer: shortened(outer, id) };
}

/** A valid nft name for a set or chain. */
export const identifier = (prefix: string, id: string): string => `${prefix}_${id.replaceAll(/[^0-9a-zA-Z]/g, '')}`;
