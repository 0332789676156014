import { setTimeout as sleep } from 'node:timers/promises';
import { POWER_STATE } from '#libs/contracts';
import type { PortData } from '#libs/contracts';
import type { Store } from '../../store/index.js';
import type { DriverOperation, GuestDescription, HostResources, VirtDriver } from '../virt-driver.js';

/** [fake], read at every operation since its options are mutable; delays in milliseconds. */
export interface FakeDriverSettings {
  readonly spawnDelayMs: number;
  readonly powerOnDelayMs: number;
  readonly powerOffDelayMs: number;
  readonly rebootDelayMs: number;
  readonly destroyDelayMs: number;
  /** Servers whose name matches fail to start. */
  readonly failSpawnPattern: string | undefined;
  readonly vcpus: number;
  /** MiB. */
  readonly memory: number;
  /** GiB. */
  readonly disk: number;
}

/**
 * Servers that exist in the database only. Its host is a logical name: every worker with that name sees the same
 * machines, so a machine survives the worker that made it.
 */
export class FakeDriver implements VirtDriver {
  readonly name = 'fake';
  readonly #store: Store;
  readonly #settings: () => FakeDriverSettings;

  constructor(store: Store, settings: () => FakeDriverSettings) {
    this.#store = store;
    this.#settings = settings;
  }

  async resources(host: string): Promise<HostResources> {
    const { vcpus, memory, disk } = this.#settings();
    return { node: host, vcpus, memory, disk };
  }

  async spawn(guest: GuestDescription, _ports: readonly PortData[], operation: DriverOperation): Promise<void> {
    const { spawnDelayMs, failSpawnPattern } = this.#settings();
    const machine = await this.#machine(guest.id);
    if (machine?.last_task === operation.task) return;
    await pause(spawnDelayMs, operation.signal);
    if (failSpawnPattern !== undefined && new RegExp(failSpawnPattern, 'u').test(guest.displayName)) {
      throw new Error(`the fake driver was told to fail for servers named like ${failSpawnPattern}`);
    }
    const values = { host: guest.host, power_state: POWER_STATE.RUNNING, last_task: operation.task };
    await this.#store.db
      .insertInto('fake_machines')
      .values({ instance_id: guest.id, ...values })
      .onConflict((conflict) => conflict.column('instance_id').doUpdateSet(values))
      .execute();
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

  async destroy(guest: GuestDescription, operation: DriverOperation): Promise<void> {
    const { destroyDelayMs } = this.#settings();
    if ((await this.#machine(guest.id)) === undefined) return;
    await pause(destroyDelayMs, operation.signal);
    await this.#store.db.deleteFrom('fake_machines').where('instance_id', '=', guest.id).execute();
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

  async #switch(guest: GuestDescription, state: number, delayMs: number, operation: DriverOperation): Promise<void> {
    const machine = await this.#machine(guest.id);
    if (machine?.last_task === operation.task) return;
    await pause(delayMs, operation.signal);
    const result = await this.#store.db
      .updateTable('fake_machines')
      .set({ power_state: state, last_task: operation.task })
      .where('instance_id', '=', guest.id)
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) throw new Error(`the fake driver has no machine ${guest.id}`);
  }
}

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  if (delayMs > 0) await sleep(delayMs, undefined, { signal });
}
