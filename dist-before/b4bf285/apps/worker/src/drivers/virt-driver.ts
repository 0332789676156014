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
}

/** What a host has to give: MiB of memory, GiB of disk. */
export interface HostResources {
  readonly node: string;
  readonly vcpus: number;
  readonly memory: number;
  readonly disk: number;
}

/** How an operation is run. */
export interface DriverOperation {
  /** Names the operation: the same for every repetition of it, after a crash on another worker too. */
  readonly task: string;
  /** Aborted when the worker must stop; what was not finished is run again elsewhere. */
  readonly signal: AbortSignal;
}

/**
 * What makes servers real. Every operation is idempotent: a worker that died in the middle is followed by another one
 * that calls the same operation with the same task again, and the guest must end up as if it had run once. Operations
 * throw what went wrong; the caller turns it into the server's fault.
 */
export interface VirtDriver {
  readonly name: string;
  /** What `host` has in total, used or not. */
  resources(host: string): Promise<HostResources>;
  /** Makes the guest with its ports and starts it. One that exists already is only made to run. */
  spawn(guest: GuestDescription, ports: readonly PortData[], operation: DriverOperation): Promise<void>;
  powerOn(guest: GuestDescription, operation: DriverOperation): Promise<void>;
  powerOff(guest: GuestDescription, operation: DriverOperation): Promise<void>;
  reboot(guest: GuestDescription, kind: 'SOFT' | 'HARD', operation: DriverOperation): Promise<void>;
  /** Removes the guest and all it had on the host; of one that does not exist nothing is left either. */
  destroy(guest: GuestDescription, operation: DriverOperation): Promise<void>;
  /** nova's power_state number of a guest; 0 when there is none. */
  powerState(id: string): Promise<number>;
}
