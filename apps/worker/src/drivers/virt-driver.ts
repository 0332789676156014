import type { FlavorData, PortData } from '#libs/contracts';

/** A server, as drivers need it. */
export interface GuestDescription {
  readonly id: string;
  /** The name on the hypervisor: `instance-0000002a`. */
  readonly instanceName: string;
  /** The name that its owner chose. */
  readonly displayName: string;
  readonly hostname: string;
  readonly host: string;
  readonly imageRef: string;
  readonly flavor: FlavorData;
  readonly configDrive: boolean;
  readonly userData: string | null;
  readonly publicKey: string | null;
  /** The properties of its image at the build: `hw_disk_bus`, `kernel_id` … */
  readonly imageProperties: Readonly<Record<string, unknown>>;
}

/** The resources of a host: memory in MiB, disk in GiB. */
export interface HostResources {
  readonly node: string;
  readonly vcpus: number;
  readonly memory: number;
  readonly disk: number;
  /** `hypervisor_type` in the Compute API. */
  readonly type: string;
  /** As a number: 1.2.3 is 1002003. */
  readonly version: number;
  readonly cpuInfo: Readonly<Record<string, unknown>>;
  /** In the format of uptime(1); null if unknown. */
  readonly uptime: string | null;
}

/** Operations on a guest that stays on its host, named as the server actions. */
export type GuestChange =
  | 'pause'
  | 'unpause'
  | 'suspend'
  | 'resume'
  | 'rescue'
  | 'unrescue'
  | 'change_password'
  | 'trigger_crash_dump';

/**
 * The address of a guest's console: a socket on the host itself, or a host and port that can be reached from
 * everywhere.
 */
export type ConsoleTarget =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number; readonly tlsPort?: number };

/** The usage of a guest so far, as in nova's Diagnostics object; null for values that the driver does not know. */
export interface GuestDiagnostics {
  readonly state: 'pending' | 'running' | 'paused' | 'shutdown' | 'crashed' | 'suspended';
  /** What runs it: `kvm`, `qemu`, `fake`. */
  readonly hypervisor: string;
  readonly hypervisorOs: string | null;
  /** Seconds since its start. */
  readonly uptime: number | null;
  /** MiB. */
  readonly memory: { readonly maximum: number; readonly used: number | null };
  /** Nanoseconds of CPU time, and percent. */
  readonly cpus: readonly { readonly id: number; readonly time: number | null; readonly utilisation: number | null }[];
  readonly nics: readonly NicDiagnostics[];
  readonly disks: readonly DiskDiagnostics[];
}

export interface NicDiagnostics {
  readonly mac: string;
  readonly received: TrafficDiagnostics;
  readonly sent: TrafficDiagnostics;
}

export interface TrafficDiagnostics {
  readonly octets: number | null;
  readonly packets: number | null;
  readonly errors: number | null;
  readonly drop: number | null;
}

export interface DiskDiagnostics {
  readonly device: string;
  readonly readBytes: number | null;
  readonly readRequests: number | null;
  readonly writeBytes: number | null;
  readonly writeRequests: number | null;
  readonly errors: number | null;
}

/** The content of a guest's disk at one point in time. */
export interface GuestSnapshot {
  readonly diskFormat: 'raw' | 'qcow2';
  /** The virtual size of the disk in bytes. */
  readonly virtualSize: number;
  /** May be called once. */
  read(): AsyncIterable<Uint8Array>;
  /** Frees its resources on the host. */
  dispose(): Promise<void>;
}

/** All guests of one machine: methods of a machine-bound driver beside the operations on single guests. */
export interface HostGuests {
  /** Ids of the servers that have anything on this host. */
  list(): Promise<readonly string[]>;
  /** Whether a guest ran until its host went down, and has not been started since. */
  wasCutOff(id: string): Promise<boolean>;
  /** Ends a guest and removes everything that it has on this host. */
  remove(id: string): Promise<void>;
  /** Removes resources that belong to no guest: networks of removed guests, unused images. */
  sweep(): Promise<void>;
  /** Notifies that data of the Network API has changed: the guests' networks are checked at once. */
  networksChanged(): void;
  /** Calls the listener with the id of a server whose guest has changed by itself: it ended, stopped or continued. */
  watch(listener: (id: string) => void): void;
  /** Called when the worker ends; the guests keep running unless they belong to this process alone (`--ephemeral`). */
  close(): Promise<void>;
}

/** The context of an operation. */
export interface DriverOperation {
  /** Identifies the operation: the same for every repetition of it, also after a crash and on another worker. */
  readonly task: string;
  /** Aborted when the worker must stop; an unfinished operation runs again elsewhere. */
  readonly signal: AbortSignal;
  /** Whether the guest replaces an existing one: a rebuild. */
  readonly replaces?: boolean;
}

/**
 * Carries out operations on servers. Every operation is idempotent: if a worker dies in the middle, another one calls
 * the same operation with the same task again, and the result must be as if it had run once. Operations throw errors;
 * the caller stores them as the server's fault.
 */
export interface VirtDriver {
  readonly name: string;
  /** Set by a driver that is bound to its machine; absent if the guests do not belong to a machine. */
  readonly hostGuests?: HostGuests;
  /** The total resources of `host`, used or not. */
  resources(host: string): Promise<HostResources>;
  /**
   * Whether a host works. One that does not is not reported, and is down for all other services after
   * `service_down_time`.
   */
  isUp(host: string): Promise<boolean>;
  /** Creates the guest with its ports and starts it. An existing guest is only started. */
  spawn(guest: GuestDescription, ports: readonly PortData[], operation: DriverOperation): Promise<void>;
  powerOn(guest: GuestDescription, operation: DriverOperation): Promise<void>;
  powerOff(guest: GuestDescription, operation: DriverOperation): Promise<void>;
  reboot(guest: GuestDescription, kind: 'SOFT' | 'HARD', operation: DriverOperation): Promise<void>;
  /** For `rescue`, the guest's `imageRef` is the rescue image. */
  change(guest: GuestDescription, change: GuestChange, operation: DriverOperation): Promise<void>;
  /** Changes the guest's NICs to those of `ports`, in their order; the guest may be running. */
  plug(guest: GuestDescription, ports: readonly PortData[], operation: DriverOperation): Promise<void>;
  /** Stops a guest on its host, so that another host can take it over. */
  moveOut(guest: GuestDescription, operation: DriverOperation): Promise<void>;
  /** Takes a guest over, with its current flavor; afterwards it runs, or stays off. */
  moveIn(guest: GuestDescription, isRunning: boolean, operation: DriverOperation): Promise<void>;
  /**
   * Copies the data of a running guest to another host, before `moveLive`. When the signal aborts, the move is
   * cancelled or completed at once; the guest itself is still unchanged. @default there is nothing to copy
   */
  copyLive?(guest: GuestDescription, host: string, operation: DriverOperation): Promise<void>;
  /** Moves a guest to another host while it runs; this cannot be cancelled any more. */
  moveLive(guest: GuestDescription, host: string, operation: DriverOperation): Promise<void>;
  /**
   * Removes what a moved guest has left on the host of the description; for a guest that was resized on the same host,
   * only the data for a revert. May be repeated.
   */
  cleanUp(guest: GuestDescription, operation: DriverOperation): Promise<void>;
  /** Reads the guest's root disk; the guest may be running. */
  snapshot(guest: GuestDescription): Promise<GuestSnapshot>;
  /** The text that the guest wrote on its console. */
  consoleOutput(guest: GuestDescription): Promise<string>;
  /**
   * The address of the guest's screen (RFB), serial line or SPICE server; called for every new connection. Undefined:
   * it has none now. A driver without the method never has any. Connections end together with the guest.
   */
  getVncConsole?(guest: GuestDescription): Promise<ConsoleTarget | undefined>;
  getSerialConsole?(guest: GuestDescription): Promise<ConsoleTarget | undefined>;
  getSpiceConsole?(guest: GuestDescription): Promise<ConsoleTarget | undefined>;
  /** For SPICE clients without a proxy of this product: a host and port. Absent: `getSpiceConsole` answers these. */
  getDirectSpiceConsole?(guest: GuestDescription): Promise<ConsoleTarget | undefined>;
  /** Absent: the driver has no diagnostics. */
  diagnostics?(guest: GuestDescription, ports: readonly PortData[]): Promise<GuestDiagnostics>;
  /** Removes the guest and everything that it had on the host; also succeeds for a guest that does not exist. */
  destroy(guest: GuestDescription, operation: DriverOperation): Promise<void>;
  /** nova's power_state number of a guest; 0 if it does not exist. */
  powerState(id: string): Promise<number>;
}
