/** The bridge of a network. */
export interface BridgeLayout {
  readonly name: string;
  readonly mtu: number;
  readonly isUp: boolean;
}

/** A guest's tap, which its driver has created. */
export interface TapLayout {
  readonly name: string;
  /** Null: its port no longer exists, and the tap is on no bridge. */
  readonly bridge: string | null;
  readonly mtu: number;
  readonly isUp: boolean;
  /** Limit for traffic to the guest, in kilobits per second and kilobits of burst; null: none. */
  readonly limit: { readonly kbps: number; readonly burst: number } | null;
}

/** A pair of devices that connects a namespace to a bridge. */
export interface PairLayout {
  readonly inner: string;
  readonly outer: string;
  readonly bridge: string;
  /** For the inner end; null: any. */
  readonly macAddress: string | null;
  readonly mtu: number;
  /** `address/prefix` of the inner end. */
  readonly addresses: readonly string[];
}

export interface RouteLayout {
  /** `default`, or a prefix in canonical form. */
  readonly destination: string;
  readonly via: string | null;
  readonly device: string | null;
}

export interface NamespaceLayout {
  readonly name: string;
  readonly forwards: boolean;
  readonly pairs: readonly PairLayout[];
  readonly routes: readonly RouteLayout[];
  /** Text for nft that replaces the previous rules. */
  readonly rules: string;
}

/** A pair of devices that connects a network's bridge to a bridge of the machine, outside the space. */
export interface WireLayout {
  /** In the space. */
  readonly name: string;
  readonly outer: string;
  readonly bridge: string;
  /** The machine's bridge. */
  readonly outside: string;
  /** The VLAN device that is attached to the bridge instead of the wire itself, and its tag; null: untagged. */
  readonly vlan: { readonly name: string; readonly tag: number } | null;
  readonly mtu: number;
}

/** A VXLAN device that connects a network's bridge to those of other hosts. */
export interface TunnelLayout {
  readonly name: string;
  readonly bridge: string;
  readonly vni: number;
  /** This host's address on the network between hosts, and the other hosts' addresses. */
  readonly local: string;
  readonly peers: readonly string[];
  readonly mtu: number;
}

/** The desired state of the kernel. */
export interface Layout {
  readonly bridges: readonly BridgeLayout[];
  readonly wires: readonly WireLayout[];
  readonly tunnels: readonly TunnelLayout[];
  readonly taps: readonly TapLayout[];
  readonly namespaces: readonly NamespaceLayout[];
  /** For the space with bridges and taps. */
  readonly rules: string;
}
