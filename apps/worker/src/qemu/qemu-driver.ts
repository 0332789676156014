import { POWER_STATE } from '#libs/contracts';
import type { PortData } from '#libs/contracts';
import type {
  ConsoleTarget,
  DriverOperation,
  GuestChange,
  GuestDescription,
  GuestDiagnostics,
  GuestSnapshot,
  HostGuests,
  HostResources,
  VirtDriver,
} from '../drivers/virt-driver.js';
import { buildGuest } from './build-guest.js';
import { readConsole } from './console-log.js';
import { consoleOf } from './guest-consoles.js';
import { readDiagnostics } from './guest-diagnostics.js';
import { GuestError } from './guest.errors.js';
import { GuestFolder } from './guest-folder.js';
import type { GuestRecord } from './guest-folder.js';
import { guestHardware } from './hardware.js';
import { copyDisk, copyRunningDisk, forgetState, saveState } from './guest-jobs.js';
import { hostResources } from './host-resources.js';
import type { OpenHost } from './open-host.js';
import { plugInto } from './plug-into.js';
import { QmpUnreachable, withQmp } from './qmp-client.js';

/** Options that are read at every operation, since they are mutable; milliseconds. */
export interface QemuSettings {
  readonly shutdownTimeoutMs: number;
  readonly softRebootMs: number;
  readonly forceConfigDrive: boolean;
  readonly mkisofs: string;
}

/**
 * Servers as QEMU virtual machines on this host: a detached process and a folder each, which keep existing when the
 * worker ends. All data about a guest is in its folder, so any worker of the host can continue.
 */
export class QemuDriver implements VirtDriver {
  readonly name = 'qemu';
  readonly #host: OpenHost;
  readonly #settings: () => QemuSettings;

  constructor(host: OpenHost, settings: () => QemuSettings) {
    this.#host = host;
    this.#settings = settings;
  }

  get hostGuests(): HostGuests {
    return this.#host.guests;
  }

  resources(host: string): Promise<HostResources> {
    return hostResources(this.#host, host);
  }

  async isUp(): Promise<boolean> {
    return this.#host.isUsable();
  }

  async spawn(guest: GuestDescription, ports: readonly PortData[], operation: DriverOperation): Promise<void> {
    const { power } = this.#host;
    const folder = this.#folder(guest.id);
    await folder.create();
    const known = await folder.read();
    if (known?.isBuilt === true && known.lastTask === operation.task) return;
    const built =
      known?.isBuilt === true
        ? known
        : await buildGuest(this.#host, this.#settings(), { folder, guest, ports }, operation);
    const started = await power.start(folder, { ...built, ports, host: guest.host }, operation.signal);
    await this.#settle(folder, started, operation);
  }

  async powerOn(guest: GuestDescription, operation: DriverOperation): Promise<void> {
    await this.#change(guest, operation, (folder, record) => this.#start(folder, record, operation));
  }

  async powerOff(guest: GuestDescription, operation: DriverOperation): Promise<void> {
    await this.#change(guest, operation, async (folder, record) => {
      await this.#host.power.stop(folder, this.#grace(record), operation.signal);
      return { ...record, wantsToRun: false };
    });
  }

  async reboot(guest: GuestDescription, kind: 'SOFT' | 'HARD', operation: DriverOperation): Promise<void> {
    const { power } = this.#host;
    await this.#change(guest, operation, async (folder, record) => {
      const isUp = (await power.state(folder, record)) === POWER_STATE.RUNNING;
      if (kind === 'SOFT' && isUp) await power.askToEnd(folder, this.#settings().softRebootMs, operation.signal);
      await power.kill(folder);
      return this.#start(folder, { ...record, isSuspended: false }, operation);
    });
  }

  async change(guest: GuestDescription, change: GuestChange, operation: DriverOperation): Promise<void> {
    await this.#change(guest, operation, (folder, record) => this.#changes[change](folder, record, guest, operation));
  }

  readonly #changes: Readonly<
    Record<
      GuestChange,
      (
        folder: GuestFolder,
        record: GuestRecord,
        guest: GuestDescription,
        operation: DriverOperation,
      ) => Promise<GuestRecord>
    >
  > = {
    pause: (folder, record) => this.#tell(folder, record, 'stop'),
    unpause: (folder, record) => this.#tell(folder, record, 'cont'),
    suspend: async (folder, record) => {
      if ((await this.#host.processes.find(folder)) === undefined) {
        if (record.isSuspended) return record;
        throw new GuestError('InstanceSuspendFailure', 'Failed to suspend instance: it is not running.');
      }
      await saveState(folder, record);
      const saved = { ...record, isSuspended: true, wantsToRun: false };
      // Written before the process ends: after a crash, the guest resumes from the saved state.
      await folder.write(saved);
      await this.#host.power.kill(folder);
      return saved;
    },
    resume: (folder, record, _guest, operation) => this.#start(folder, record, operation),
    rescue: (folder, record, guest, operation) => this.#rescue(folder, record, guest, operation),
    unrescue: async (folder, record, _guest, operation) => {
      await this.#host.power.kill(folder);
      return this.#start(folder, { ...record, rescue: null }, operation);
    },
    change_password: async () => {
      throw new GuestError('QemuGuestAgentNotEnabled', 'QEMU guest agent is not enabled');
    },
    trigger_crash_dump: (folder, record) => this.#tell(folder, record, 'inject-nmi'),
  };

  async plug(guest: GuestDescription, ports: readonly PortData[], operation: DriverOperation): Promise<void> {
    const { network, processes } = this.#host;
    await this.#change(guest, operation, async (folder, record) => {
      const plugged = await network.plug(guest, ports);
      const isRunning = (await processes.find(folder)) !== undefined;
      const hardware = guestHardware(record.imageProperties, record.flavor);
      if (isRunning) await plugInto(folder, record.plugged, plugged.ports, hardware);
      const gone = record.plugged.filter(({ portId }) => !ports.some(({ id }) => id === portId));
      await network.unplug(
        guest,
        gone.map(({ portId }) => portId),
      );
      return { ...record, ports, plugged: plugged.ports, launcher: plugged.launcher };
    });
  }

  async moveOut(guest: GuestDescription, operation: DriverOperation): Promise<void> {
    await this.#change(guest, operation, async (folder, record) => {
      await this.#host.power.stop(folder, this.#grace(record), operation.signal);
      await this.#host.network.unplug(
        guest,
        record.plugged.map(({ portId }) => portId),
      );
      return { ...record, wantsToRun: false, isMovedOut: true };
    });
  }

  async moveIn(guest: GuestDescription, isRunning: boolean, operation: DriverOperation): Promise<void> {
    const folder = this.#folder(guest.id);
    if ((await folder.read()) === undefined) {
      const text = 'Migration error: the disk of the server is not on this host: its instances_path is not shared.';
      throw new GuestError('MigrationError', text);
    }
    await this.#change(guest, operation, async (_folder, record) => {
      const sized = record.isMovedOut ? await this.#host.disks.resize(folder, record, guest.flavor.disk) : record;
      const moved = { ...sized, flavor: guest.flavor, host: guest.host, isMovedOut: false };
      // Written before it runs: a repetition must not create another disk for a guest that is running from this one.
      await folder.write(moved);
      return isRunning ? this.#start(folder, moved, operation) : moved;
    });
  }

  async moveLive(): Promise<void> {
    throw new GuestError('MigrationError', 'Migration error: guests of this driver cannot be moved while they run.');
  }

  /**
   * A folder that was taken over, by this host or by a host that shares the path, is kept, and its new disk is
   * confirmed.
   */
  async cleanUp(guest: GuestDescription, operation: DriverOperation): Promise<void> {
    const folder = this.#folder(guest.id);
    const record = await folder.read();
    if (record === undefined) return;
    if (record.isMovedOut && record.host === guest.host) return this.destroy(guest, operation);
    if (!record.isMovedOut) await folder.write({ ...record, diskBeforeResize: null });
  }

  async snapshot(guest: GuestDescription): Promise<GuestSnapshot> {
    const { processes, tool } = this.#host;
    const folder = this.#folder(guest.id);
    const record = await this.#record(folder);
    const isRunning = (await processes.find(folder)) !== undefined;
    return isRunning ? copyRunningDisk(folder, record, tool) : copyDisk(folder, record, tool);
  }

  consoleOutput(guest: GuestDescription): Promise<string> {
    return readConsole(this.#folder(guest.id));
  }

  getVncConsole({ id }: GuestDescription): Promise<ConsoleTarget | undefined> {
    return consoleOf(this.#folder(id), this.#host.processes, 'vnc');
  }

  getSerialConsole({ id }: GuestDescription): Promise<ConsoleTarget | undefined> {
    return consoleOf(this.#folder(id), this.#host.processes, 'serial');
  }

  getSpiceConsole({ id }: GuestDescription): Promise<ConsoleTarget | undefined> {
    return consoleOf(this.#folder(id), this.#host.processes, 'spice');
  }

  /** As libvirt's QEMU, it is reached at `[spice] server_proxyclient_address`; but only once somebody has asked. */
  async getDirectSpiceConsole(guest: GuestDescription): Promise<ConsoleTarget | undefined> {
    const target = await this.getSpiceConsole(guest);
    if (target === undefined || !('socketPath' in target)) return target;
    const { relays, spiceAddress } = this.#host;
    return { host: spiceAddress, port: await relays.open(target.socketPath) };
  }

  async diagnostics(guest: GuestDescription, ports: readonly PortData[]): Promise<GuestDiagnostics> {
    const { power, processes, accelerator } = this.#host;
    const folder = this.#folder(guest.id);
    const record = await this.#record(folder);
    const state = await power.state(folder, record);
    return readDiagnostics(folder, record, ports, { state, pid: await processes.find(folder), accelerator });
  }

  async destroy(guest: GuestDescription, operation: DriverOperation): Promise<void> {
    operation.signal.throwIfAborted();
    await this.#host.guests.remove(guest.id);
  }

  async powerState(id: string): Promise<number> {
    const folder = this.#folder(id);
    const record = await folder.read();
    return record === undefined ? POWER_STATE.NOSTATE : this.#host.power.state(folder, record);
  }

  async #rescue(
    folder: GuestFolder,
    record: GuestRecord,
    guest: GuestDescription,
    operation: DriverOperation,
  ): Promise<GuestRecord> {
    const { disks, power } = this.#host;
    if (guest.imageRef === '') {
      throw new GuestError('InstanceNotRescuable', `Instance ${guest.id} cannot be rescued: it has no image.`);
    }
    await power.stop(folder, this.#grace(record), operation.signal);
    const disk = await disks.rescue(folder, guest.imageRef, record.flavor.disk, operation.signal);
    const kernel = await disks.kernelOf(guest.imageRef, operation.signal);
    return this.#start(folder, { ...record, isSuspended: false, rescue: { disk, kernel } }, operation);
  }

  async #start(folder: GuestFolder, record: GuestRecord, { signal }: DriverOperation): Promise<GuestRecord> {
    const started = await this.#host.power.start(folder, record, signal);
    if (!record.isSuspended) return started;
    const resumed = { ...started, isSuspended: false };
    // The saved state is outdated as soon as the guest runs: a later start boots.
    await folder.write(resumed);
    await forgetState(folder, resumed);
    return resumed;
  }

  async #tell(folder: GuestFolder, record: GuestRecord, command: string): Promise<GuestRecord> {
    try {
      await withQmp(folder.qmp, (qmp) => qmp.execute(command));
    } catch (error) {
      if (error instanceof QmpUnreachable)
        throw new GuestError('InstanceNotFound', `Instance ${folder.id} is not running.`, error);
      throw error;
    }
    return record;
  }

  /** One operation on an existing guest; a repetition finds it done. */
  async #change(
    guest: GuestDescription,
    operation: DriverOperation,
    run: (folder: GuestFolder, record: GuestRecord) => Promise<GuestRecord>,
  ): Promise<void> {
    const folder = this.#folder(guest.id);
    const record = await this.#record(folder);
    if (record.lastTask === operation.task) return;
    await this.#settle(folder, await run(folder, record), operation);
  }

  async #settle(folder: GuestFolder, record: GuestRecord, operation: DriverOperation): Promise<void> {
    await folder.write({ ...record, lastTask: operation.task });
    this.#host.guests.noticed(folder.id);
  }

  async #record(folder: GuestFolder): Promise<GuestRecord> {
    const record = await folder.read();
    if (record?.isBuilt === true) return record;
    throw new GuestError('InstanceNotFound', `Instance ${folder.id} could not be found on its host.`);
  }

  /** nova's image property for guests that need longer, otherwise `[DEFAULT] shutdown_timeout`. */
  #grace(record: GuestRecord): number {
    const own = Number(record.imageProperties['os_shutdown_timeout']);
    return Number.isInteger(own) && own > 0 ? own * 1_000 : this.#settings().shutdownTimeoutMs;
  }

  #folder(id: string): GuestFolder {
    return new GuestFolder(this.#host.instancesPath, id);
  }
}
