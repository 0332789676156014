/** A bridge: a network. */
export interface BridgeLayout {
  readonly name: string;
  readonly mtu: number;
  readonly isUp: boolean;
}

/** A guest's tap, which its driver has asked for. */
export interface TapLayout {
  readonly name: string;
  /** Null: its port is gone, it is joined to nothing. */
  readonly bridge: string | null;
  readonly mtu: number;
  readonly isUp: boolean;
  /** What may go to the guest, in kilobits a second and kilobits of burst; null: all. */
  readonly limit: { readonly kbps: number; readonly burst: number } | null;
}

/** A pair of devices that joins a namespace to a bridge. */
export interface PairLayout {
  readonly inner: string;
  readonly outer: string;
  readonly bridge: string;
  /** Of the inner end; null: any. */
  readonly macAddress: string | null;
  readonly mtu: number;
  /** `address/prefix` of the inner end. */
  readonly addresses: readonly string[];
}

export interface RouteLayout {
  /** `default`, or a prefix in its normal form. */
  readonly destination: string;
  readonly via: string | null;
  readonly device: string | null;
}

export interface NamespaceLayout {
  readonly name: string;
  readonly forwards: boolean;
  readonly pairs: readonly PairLayout[];
  readonly routes: readonly RouteLayout[];
  /** A text for nft that replaces what was there. */
  readonly rules: string;
}

/** A pair of devices that joins a network's bridge to a bridge of the machine, outside the space. */
export interface WireLayout {
  /** In the space. */
  readonly name: string;
  readonly outer: string;
  readonly bridge: string;
  /** The machine's bridge. */
  readonly outside: string;
  /** The device with the tag that is joined in place of the wire itself, and the tag; null: untagged. */
  readonly vlan: { readonly name: string; readonly tag: number } | null;
  readonly mtu: number;
}

/** A VXLAN device that joins a network's bridge to those of other hosts. */
export interface TunnelLayout {
  readonly name: string;
  readonly bridge: string;
  readonly vni: number;
  /** This host's address of the network between hosts, and those of the others. */
  readonly local: string;
  readonly peers: readonly string[];
  readonly mtu: number;
}

/** What the kernel shall have. */
export interface Layout {
  readonly bridges: readonly BridgeLayout[];
  readonly wires: readonly WireLayout[];
  readonly tunnels: readonly TunnelLayout[];
  readonly taps: readonly TapLayout[];
  readonly namespaces: readonly NamespaceLayout[];
  /** Of the space in which bridges and taps are. */
  readonly rules: string;
}
