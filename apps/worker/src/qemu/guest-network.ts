import type { PortData } from '#libs/contracts';

/** `[qemu] network`, with `auto` resolved: slirp in QEMU itself, a user namespace with taps, the host's own network. */
export type NetworkLevel = 'user' | 'rootless' | 'host';

/** The server whose ports are plugged. */
export interface PluggedServer {
  /** The server's UUID. */
  readonly id: string;
  /** The name on the hypervisor: `instance-0000002a`. */
  readonly instanceName: string;
  readonly hostname: string;
}

/**
 * Arguments of QEMU's network backend, without its id: `{ type: 'tap', ifname: 'tap0123456-78', script: 'no',
 * downscript: 'no' }`. The driver makes the text for `-netdev` from it or, for a running guest, the arguments of QMP's
 * `netdev_add`. A list is an argument that is given several times (`hostfwd`).
 */
export type NetdevArguments = { readonly type: string } & Readonly<
  Record<string, string | number | boolean | readonly string[]>
>;

/** How one port is connected to a guest. */
export interface PluggedPort {
  readonly portId: string;
  readonly macAddress: string;
  /** The MTU that the guest's NIC announces (virtio's `host_mtu`); null: none. */
  readonly mtu: number | null;
  readonly netdev: NetdevArguments;
}

/** The result of `plug`. */
export interface PluggedServerPorts {
  /** One for each requested port, in the same order. */
  readonly ports: readonly PluggedPort[];
  /**
   * Words before QEMU's own command, which start it in the namespaces of its taps: `['nsenter', '--target', '1234',
   * '--user', '--net', '--preserve-credentials', '--']`. No shell is involved. Empty: QEMU starts as the worker's
   * child.
   */
  readonly launcher: readonly string[];
}

/**
 * How a TCP port of a guest is reached from this machine: an address, or a program whose stdin and stdout are connected
 * to it.
 */
export type GuestRelay = { readonly host: string; readonly port: number } | { readonly command: readonly string[] };

/**
 * The network of a host, as the guests' driver uses it. All methods may be repeated, in any process of the host: if a
 * worker is killed in the middle, another one makes the same call again.
 */
export interface GuestNetwork {
  readonly level: NetworkLevel;
  /** Whether guests can read the Metadata API at 169.254.169.254; if not, every guest gets a config drive. */
  readonly hasMetadata: boolean;
  /**
   * Creates everything that the ports of a server need on this host, before the guest starts or the NIC is added. For
   * ports that are already plugged, it returns the existing result. Throws errors, which become the server's fault.
   */
  plug(server: PluggedServer, ports: readonly PortData[]): Promise<PluggedServerPorts>;
  /**
   * Removes everything of the ports with these ids. Called after the guest or its NIC is gone; unknown ids are ignored.
   */
  unplug(server: PluggedServer, portIds: readonly string[]): Promise<void>;
  /**
   * Removes everything that is plugged for servers that are not on this host. Called when the worker starts. `isHere`
   * is called for a server after the plugged ports were read; it is true from before the server's first plug until
   * after its last unplug.
   */
  keepOnly(isHere: (serverId: string) => Promise<boolean>): Promise<void>;
  /** How a user of this machine reaches `port` of a guest; null if it cannot be reached. */
  relay(server: PluggedServer, ports: readonly PortData[], port: number): Promise<GuestRelay | null>;
  /** Notifies of a change in the Network API: the plugged ports are checked at once. */
  hint(): void;
  /**
   * Ends the work of this process. `isOver`: the host's guests are gone for good, so everything that was created for
   * them is removed.
   */
  close(isOver: boolean): Promise<void>;
}
