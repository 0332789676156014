import type { FlavorData, PortData } from '#libs/contracts';

/** What a driver is told of a server. */
export interface GuestDescription {
  readonly id: string;
  /** As the hypervisor shall call it: `instance-0000002a`. */
  readonly instanceName: string;
  /** As its owner calls it. */
  readonly displayName: string;
  readonly hostname: string;
  readonly host: string;
  readonly imageRef: string;
  readonly flavor: FlavorData;
  readonly configDrive: boolean;
  readonly userData: string | null;
  readonly publicKey: string | null;
  /** Its image's at the build: `hw_disk_bus`, `kernel_id` … */
  readonly imageProperties: Readonly<Record<string, unknown>>;
}

/** What a host has to give: MiB of memory, GiB of disk. */
export interface HostResources {
  readonly node: string;
  readonly vcpus: number;
  readonly memory: number;
  readonly disk: number;
  /** What the Compute API calls `hypervisor_type`. */
  readonly type: string;
  /** As a number: 1.2.3 is 1002003. */
  readonly version: number;
  readonly cpuInfo: Readonly<Record<string, unknown>>;
  /** In the form of uptime(1); null where it is not known. */
  readonly uptime: string | null;
}

/** What is done to a guest that stays where it is, as the actions of the same names. */
export type GuestChange =
  | 'pause'
  | 'unpause'
  | 'suspend'
  | 'resume'
  | 'rescue'
  | 'unrescue'
  | 'change_password'
  | 'trigger_crash_dump';

/** Where a console of a guest is reached: by a socket of the host itself, or by host and port from everywhere. */
export type ConsoleTarget =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number; readonly tlsPort?: number };

/** What a guest has used so far, as nova's object of that name; null for what the driver cannot tell. */
export interface GuestDiagnostics {
  readonly state: 'pending' | 'running' | 'paused' | 'shutdown' | 'crashed' | 'suspended';
  /** What makes it run: `kvm`, `qemu`, `fake`. */
  readonly hypervisor: string;
  readonly hypervisorOs: string | null;
  /** Seconds since it was started. */
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

/** The content of a guest's disk, as it was at one moment. */
export interface GuestSnapshot {
  readonly diskFormat: 'raw' | 'qcow2';
  /** Bytes of the disk inside. */
  readonly virtualSize: number;
  /** May be called once. */
  read(): AsyncIterable<Uint8Array>;
  /** Frees what it takes on the host. */
  dispose(): Promise<void>;
}

/** All guests of one machine: what a driver that is bound to it does beside the operations on single ones. */
export interface HostGuests {
  /** Ids of the servers that something is here of. */
  list(): Promise<readonly string[]>;
  /** Whether a guest ran until its host went down, and has not been started since. */
  wasCutOff(id: string): Promise<boolean>;
  /** Ends a guest and removes all that it has here. */
  remove(id: string): Promise<void>;
  /** Takes away what belongs to no guest: networks of guests that are gone, images that nobody uses. */
  sweep(): Promise<void>;
  /** What the Network API knows has changed: the guests' networks are looked at now. */
  networksChanged(): void;
  /** Calls the listener with the id of a server whose guest has changed by itself: it ended, stopped, goes on. */
  watch(listener: (id: string) => void): void;
  /** The worker ends; the guests live on unless they belong to this process alone (`--ephemeral`). */
  close(): Promise<void>;
}

/** How an operation is run. */
export interface DriverOperation {
  /** Names the operation: the same for every repetition of it, after a crash on another worker too. */
  readonly task: string;
  /** Aborted when the worker must stop; what was not finished is run again elsewhere. */
  readonly signal: AbortSignal;
  /** Of a guest that is made in place of another one: a rebuild. */
  readonly replaces?: boolean;
}

/**
 * What makes servers real. Every operation is idempotent: a worker that died in the middle is followed by another one
 * that calls the same operation with the same task again, and the guest must end up as if it had run once. Operations
 * throw what went wrong; the caller turns it into the server's fault.
 */
export interface VirtDriver {
  readonly name: string;
  /** Of a driver that is bound to its machine; absent where the guests are no machine's. */
  readonly hostGuests?: HostGuests;
  /** What `host` has in total, used or not. */
  resources(host: string): Promise<HostResources>;
  /** Whether a host works: one that does not is not reported, and is down for everybody after `service_down_time`. */
  isUp(host: string): Promise<boolean>;
  /** Makes the guest with its ports and starts it. One that exists already is only made to run. */
  spawn(guest: GuestDescription, ports: readonly PortData[], operation: DriverOperation): Promise<void>;
  powerOn(guest: GuestDescription, operation: DriverOperation): Promise<void>;
  powerOff(guest: GuestDescription, operation: DriverOperation): Promise<void>;
  reboot(guest: GuestDescription, kind: 'SOFT' | 'HARD', operation: DriverOperation): Promise<void>;
  /** `rescue`: the guest's `imageRef` is the image that it is rescued with. */
  change(guest: GuestDescription, change: GuestChange, operation: DriverOperation): Promise<void>;
  /** The guest's NICs are from now on those of `ports`, in their order; it may run meanwhile. */
  plug(guest: GuestDescription, ports: readonly PortData[], operation: DriverOperation): Promise<void>;
  /** Switches a guest off on its host, so that another one can take it over. */
  moveOut(guest: GuestDescription, operation: DriverOperation): Promise<void>;
  /** Takes a guest over, with the flavor that it has now; it runs afterwards, or stays off. */
  moveIn(guest: GuestDescription, isRunning: boolean, operation: DriverOperation): Promise<void>;
  /**
   * Brings what a running guest has to another host, before `moveLive`. When the signal aborts, the move is given up or
   * made to complete at once: nothing of the guest has changed then. @default there is nothing to bring
   */
  copyLive?(guest: GuestDescription, host: string, operation: DriverOperation): Promise<void>;
  /** Takes a guest to another host while it runs; it is not given up any more. */
  moveLive(guest: GuestDescription, host: string, operation: DriverOperation): Promise<void>;
  /**
   * Removes what a guest that moved has left on the host of the description; of one that was resized where it is, only
   * what a revert would have needed. May be repeated.
   */
  cleanUp(guest: GuestDescription, operation: DriverOperation): Promise<void>;
  /** The guest's root disk; it may run meanwhile. */
  snapshot(guest: GuestDescription): Promise<GuestSnapshot>;
  /** What the guest wrote on its console. */
  consoleOutput(guest: GuestDescription): Promise<string>;
  /**
   * Where the guest's screen (RFB), serial line or SPICE server is reached; asked for each time that somebody connects.
   * Undefined: it has none now. A driver without the method never has any. What is connected ends with the guest.
   */
  getVncConsole?(guest: GuestDescription): Promise<ConsoleTarget | undefined>;
  getSerialConsole?(guest: GuestDescription): Promise<ConsoleTarget | undefined>;
  getSpiceConsole?(guest: GuestDescription): Promise<ConsoleTarget | undefined>;
  /** Absent: the driver cannot tell. */
  diagnostics?(guest: GuestDescription, ports: readonly PortData[]): Promise<GuestDiagnostics>;
  /** Removes the guest and all it had on the host; of one that does not exist nothing is left either. */
  destroy(guest: GuestDescription, operation: DriverOperation): Promise<void>;
  /** nova's power_state number of a guest; 0 when there is none. */
  powerState(id: string): Promise<number>;
}
