import { arch, cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { POWER_STATE } from '#libs/contracts';
import type { PortData } from '#libs/contracts';
import type { Store } from '../../store/index.js';
import { machineUptime } from '../machine-uptime.js';
import { FakeConsoles } from './consoles/fake-consoles.js';
import type { ConsoleAddress, FakeConsoleKind } from './consoles/fake-consoles.js';
import { consoleText } from './console-text.js';
import type {
  ConsoleTarget,
  DriverOperation,
  GuestChange,
  GuestDescription,
  GuestSnapshot,
  HostResources,
  VirtDriver,
} from '../virt-driver.js';

/** [fake], read at every operation since its options are mutable; delays in milliseconds. */
export interface FakeDriverSettings {
  readonly spawnDelayMs: number;
  readonly powerOnDelayMs: number;
  readonly powerOffDelayMs: number;
  readonly rebootDelayMs: number;
  readonly rebuildDelayMs: number;
  readonly changePasswordDelayMs: number;
  readonly liveMigrationDelayMs: number;
  readonly destroyDelayMs: number;
  /** Servers whose names match fail to start. */
  readonly failSpawnPattern: string | undefined;
  readonly vcpus: number;
  /** MiB. */
  readonly memory: number;
  /** GiB. */
  readonly disk: number;
}

/** The power_state after a change; undefined: unchanged. */
const POWER_AFTER: Readonly<Record<GuestChange, number | undefined>> = {
  pause: POWER_STATE.PAUSED,
  unpause: POWER_STATE.RUNNING,
  suspend: POWER_STATE.SUSPENDED,
  resume: POWER_STATE.RUNNING,
  rescue: POWER_STATE.RUNNING,
  unrescue: POWER_STATE.RUNNING,
  change_password: undefined,
  trigger_crash_dump: undefined,
};

/**
 * Servers that exist only in the database. Its host is a logical name: every worker with that name sees the same
 * machines, so a machine stays when the worker that created it ends.
 */
export class FakeDriver implements VirtDriver {
  readonly name = 'fake';
  readonly #store: Store;
  readonly #settings: () => FakeDriverSettings;
  readonly #consoles: FakeConsoles;

  constructor(
    store: Store,
    settings: () => FakeDriverSettings,
    consoleAddress: (kind: FakeConsoleKind) => ConsoleAddress,
  ) {
    this.#store = store;
    this.#settings = settings;
    const look = async (id: string): Promise<number | undefined> => (await this.#machine(id))?.power_state;
    this.#consoles = new FakeConsoles(look, consoleAddress);
  }

  async resources(host: string): Promise<HostResources> {
    const { vcpus, memory, disk } = this.#settings();
    const cpuInfo = { arch: arch(), model: cpus()[0]?.model ?? '', topology: { sockets: 1, cores: vcpus, threads: 1 } };
    return { node: host, vcpus, memory, disk, type: 'fake', version: 1_000_000, cpuInfo, uptime: machineUptime() };
  }

  /** False after `albireo-manage fake host down`. */
  async isUp(host: string): Promise<boolean> {
    const down = await this.#store.db
      .selectFrom('fake_hosts_down')
      .select('host')
      .where('host', '=', host)
      .executeTakeFirst();
    return down === undefined;
  }

  async spawn(guest: GuestDescription, _ports: readonly PortData[], operation: DriverOperation): Promise<void> {
    const { spawnDelayMs, rebuildDelayMs, failSpawnPattern } = this.#settings();
    const delayMs = operation.replaces === true ? Math.max(spawnDelayMs, rebuildDelayMs) : spawnDelayMs;
    // Repeating a task's write costs less than checking whether it was done.
    if (delayMs > 0 && (await this.#machine(guest.id))?.last_task === operation.task) return;
    await pause(delayMs, operation.signal);
    if (failSpawnPattern !== undefined && new RegExp(failSpawnPattern, 'u').test(guest.displayName)) {
      throw new Error(`the fake driver was told to fail for servers named like ${failSpawnPattern}`);
    }
    const values = { host: guest.host, power_state: POWER_STATE.RUNNING, last_task: operation.task };
    await this.#store.write((db) =>
      db
        .insertInto('fake_machines')
        .values({ instance_id: guest.id, ...values })
        .onConflict((conflict) => conflict.column('instance_id').doUpdateSet(values))
        .execute(),
    );
  }

  powerOn(guest: GuestDescription, operation: DriverOperation): Promise<void> {
    return this.#switch(guest, POWER_STATE.RUNNING, this.#settings().powerOnDelayMs, operation);
  }

  powerOff(guest: GuestDescription, operation: DriverOperation): Promise<void> {
    return this.#switch(guest, POWER_STATE.SHUTDOWN, this.#settings().powerOffDelayMs, operation);
  }

  reboot(guest: GuestDescription, _kind: 'SOFT' | 'HARD', operation: DriverOperation): Promise<void> {
    return this.#switch(guest, POWER_STATE.RUNNING, this.#settings().rebootDelayMs, operation);
  }

  change(guest: GuestDescription, change: GuestChange, operation: DriverOperation): Promise<void> {
    const delayMs = change === 'change_password' ? this.#settings().changePasswordDelayMs : 0;
    return this.#switch(guest, POWER_AFTER[change], delayMs, operation);
  }

  /** Its NICs are the rows of the ports. */
  plug(guest: GuestDescription, _ports: readonly PortData[], operation: DriverOperation): Promise<void> {
    return this.#switch(guest, undefined, 0, operation);
  }

  moveOut(guest: GuestDescription, operation: DriverOperation): Promise<void> {
    return this.#switch(guest, POWER_STATE.SHUTDOWN, this.#settings().powerOffDelayMs, operation);
  }

  async moveIn(guest: GuestDescription, isRunning: boolean, operation: DriverOperation): Promise<void> {
    const state = isRunning ? POWER_STATE.RUNNING : POWER_STATE.SHUTDOWN;
    await this.#switch(guest, state, this.#settings().powerOnDelayMs, operation, guest.host);
  }

  /** Only waits for the configured time. */
  copyLive(_guest: GuestDescription, _host: string, operation: DriverOperation): Promise<void> {
    return pause(this.#settings().liveMigrationDelayMs, operation.signal);
  }

  moveLive(guest: GuestDescription, host: string, operation: DriverOperation): Promise<void> {
    return this.#switch(guest, undefined, 0, operation, host);
  }

  /** A machine is one row, whatever its host is: nothing is left behind. */
  async cleanUp(): Promise<void> {}

  /** A disk of one sector that names its server. */
  async snapshot({ id, instanceName, imageRef }: GuestDescription): Promise<GuestSnapshot> {
    const sector = Buffer.alloc(512);
    sector.write(`fake disk of ${instanceName}, server ${id}, image ${imageRef}\n`);
    return {
      diskFormat: 'raw',
      virtualSize: sector.byteLength,
      read: async function* () {
        yield sector;
      },
      dispose: async () => undefined,
    };
  }

  async consoleOutput(guest: GuestDescription): Promise<string> {
    return consoleText(guest);
  }

  getVncConsole(guest: GuestDescription): Promise<ConsoleTarget | undefined> {
    return this.#consoles.open('vnc', guest);
  }

  getSerialConsole(guest: GuestDescription): Promise<ConsoleTarget | undefined> {
    return this.#consoles.open('serial', guest);
  }

  getSpiceConsole(guest: GuestDescription): Promise<ConsoleTarget | undefined> {
    return this.#consoles.open('spice', guest);
  }

  async destroy(guest: GuestDescription, operation: DriverOperation): Promise<void> {
    const { destroyDelayMs } = this.#settings();
    if ((await this.#machine(guest.id)) === undefined) return;
    await pause(destroyDelayMs, operation.signal);
    await this.#store.write((db) => db.deleteFrom('fake_machines').where('instance_id', '=', guest.id).execute());
  }

  async powerState(id: string): Promise<number> {
    return (await this.#machine(id))?.power_state ?? POWER_STATE.NOSTATE;
  }

  #machine(id: string): Promise<{ power_state: number; last_task: string } | undefined> {
    return this.#store.db
      .selectFrom('fake_machines')
      .select(['power_state', 'last_task'])
      .where('instance_id', '=', id)
      .executeTakeFirst();
  }

  async #switch(
    guest: GuestDescription,
    state: number | undefined,
    delayMs: number,
    operation: DriverOperation,
    host = guest.host,
  ): Promise<void> {
    const machine = await this.#machine(guest.id);
    if (machine?.last_task === operation.task) return;
    await pause(delayMs, operation.signal);
    const result = await this.#store.write((db) =>
      db
        .updateTable('fake_machines')
        .set({
          ...(state !== undefined && { power_state: state }),
          last_task: operation.task,
          host,
        })
        .where('instance_id', '=', guest.id)
        .executeTakeFirst(),
    );
    if (result.numUpdatedRows === 0n) throw new Error(`the fake driver has no machine ${guest.id}`);
  }
}

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  if (delayMs > 0) await sleep(delayMs, undefined, { signal });
}
