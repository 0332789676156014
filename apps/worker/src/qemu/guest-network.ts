import type { PortData } from '#libs/contracts';

/** `[qemu] network`, once `auto` is decided: slirp in QEMU itself, a user namespace with taps, the host's own network. */
export type NetworkLevel = 'user' | 'rootless' | 'host';

/** The server that ports are plugged for. */
export interface PluggedServer {
  /** The server's UUID. */
  readonly id: string;
  /** As the hypervisor calls it: `instance-0000002a`. */
  readonly instanceName: string;
  readonly hostname: string;
}

/**
 * Arguments of QEMU's network backend, without its id: `{ type: 'tap', ifname: 'tap0123456-78', script: 'no', downscript:
 * 'no' }`. The driver makes the text of `-netdev` of it or, for a guest that runs, the arguments of QMP's `netdev_add`.
 * A list is an argument that is given several times (`hostfwd`).
 */
export type NetdevArguments = { readonly type: string } & Readonly<
  Record<string, string | number | boolean | readonly string[]>
>;

/** How one port is joined to a guest. */
export interface PluggedPort {
  readonly portId: string;
  readonly macAddress: string;
  /** What the guest's NIC announces (virtio's `host_mtu`); null: nothing. */
  readonly mtu: number | null;
  readonly netdev: NetdevArguments;
}

/** What `plug` has made true. */
export interface PluggedServerPorts {
  /** One for each port that was asked for, in that order. */
  readonly ports: readonly PluggedPort[];
  /**
   * Words before QEMU's own, which start it where its taps are: `['nsenter', '--target', '1234', '--user', '--net',
   * '--preserve-credentials', '--']`. No shell stands between. Empty: QEMU starts as the worker's child.
   */
  readonly launcher: readonly string[];
}

/** How a TCP port of a guest is reached from this machine: an address, or a program whose stdin and stdout are joined to it. */
export type GuestRelay = { readonly host: string; readonly port: number } | { readonly command: readonly string[] };

/**
 * The network side of a host as its guests' driver asks for it. All methods may be repeated, in any process of the host:
 * a worker that was killed in the middle is followed by one that asks the same again.
 */
export interface GuestNetwork {
  readonly level: NetworkLevel;
  /** Whether guests can read the Metadata API at 169.254.169.254; without it every guest gets a config drive. */
  readonly hasMetadata: boolean;
  /**
   * Makes what the ports of a server need on this host, before the guest starts or the NIC is added. Ports that are plugged
   * already are answered as they are. Throws what went wrong; the server gets it as its fault.
   */
  plug(server: PluggedServer, ports: readonly PortData[]): Promise<PluggedServerPorts>;
  /** Takes away what ports had: those with these ids. Called after the guest or its NIC is gone; unknown ids are fine. */
  unplug(server: PluggedServer, portIds: readonly string[]): Promise<void>;
  /**
   * Leftovers: takes away all that is plugged for servers that are not here. Called when the worker starts. A server is
   * asked for after what is plugged was read: it is here from before its first plug until after its last unplug.
   */
  keepOnly(isHere: (serverId: string) => Promise<boolean>): Promise<void>;
  /** How a person on this machine reaches `port` of a guest; null where there is no way. */
  relay(server: PluggedServer, ports: readonly PortData[], port: number): Promise<GuestRelay | null>;
  /** Something has changed at the Network API: what is plugged is compared with it now. */
  hint(): void;
  /** Ends what this process does for it. `isOver`: the host's guests are gone for good, and all that was made for them. */
  close(isOver: boolean): Promise<void>;
}
