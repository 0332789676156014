import { POWER_STATE } from '#libs/contracts';
import type { VmState } from '#libs/contracts';
import { getLogger } from '#libs/telemetry';
import type { HostGuests, VirtDriver } from '../drivers/virt-driver.js';
import { faultOf, recordFault } from '../instances/instance-faults.js';
import { currentMove } from '../instances/instance-moves.js';
import type { InstanceRow } from '../instances/instance-row.js';
import { changeInstance } from '../instances/instance-states.js';
import type { InstanceNotices } from '../notifications/instance-notices.js';
import type { Store } from '../store/index.js';
import type { ComputeSettings } from './compute-host.js';
import { guestOf } from './guest.js';

const log = getLogger('albireo.compute');

export interface PowerSyncSettings extends Pick<ComputeSettings, 'host' | 'hosts' | 'instanceNameTemplate'> {
  readonly resumeGuestsStateOnHostBoot: boolean;
}

/** Power states that make a server that should run SHUTOFF (nova's _sync_instance_power_state). */
const ENDED: readonly number[] = [POWER_STATE.SHUTDOWN, POWER_STATE.CRASHED, POWER_STATE.SUSPENDED];
const SHOULD_RUN: readonly VmState[] = ['active', 'rescued'];

/**
 * Updates the database when guests of this host change by themselves. A server that was shut down from inside becomes
 * SHUTOFF, and the guest of a deleted server is removed. While a server has a task, its power state is left alone.
 */
export class PowerSync {
  readonly #running = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();
  readonly #strangers = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly driver: VirtDriver,
    private readonly guests: HostGuests,
    private readonly notices: InstanceNotices,
    private readonly settings: PowerSyncSettings,
  ) {}

  async lookAtAll(): Promise<void> {
    for (const id of await this.guests.list()) await this.look(id);
  }

  /** Checks a server, one check at a time; a call during a check makes it check again. Never throws. */
  look(id: string): Promise<void> {
    const running = this.#running.get(id);
    if (running !== undefined) {
      this.#again.add(id);
      return running;
    }
    const begun = this.#look(id)
      .catch((error: unknown) => log.warning(`The guest of server ${id} is not understood: ${String(error)}`))
      .finally(() => {
        this.#running.delete(id);
        if (this.#again.delete(id)) void this.look(id);
      });
    this.#running.set(id, begun);
    return begun;
  }

  async #look(id: string): Promise<void> {
    const row = await this.store.db.selectFrom('instances').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined) return this.#meetStranger(id);
    if (row.deleted || (await this.#hasLeft(row))) {
      log.info('Removes what is left of a server that is not here any more', { instance: id });
      return this.guests.remove(id);
    }
    if (row.task_state !== null) return;
    if (SHOULD_RUN.includes(row.vm_state) && (await this.guests.wasCutOff(id))) return this.#afterBoot(row);
    await this.#settle(row, await this.driver.powerState(id));
  }

  /** A guest that the database does not know may belong to another database, so it is left alone. */
  #meetStranger(id: string): void {
    if (this.#strangers.has(id)) return;
    this.#strangers.add(id);
    log.warning('The folder of a server that this database does not know is left alone', { instance: id });
  }

  async #hasLeft(row: InstanceRow): Promise<boolean> {
    if (row.task_state !== null || this.settings.hosts.includes(row.host ?? '')) return false;
    const move = await currentMove(this.store.db, row.id);
    return move === undefined || !this.settings.hosts.includes(move.source_compute ?? '');
  }

  /** The host went down while the guest was running. */
  async #afterBoot(row: InstanceRow): Promise<void> {
    if (!this.settings.resumeGuestsStateOnHostBoot) return this.#settle(row, POWER_STATE.SHUTDOWN);
    const guest = guestOf(row, row.host ?? this.settings.host, this.settings.instanceNameTemplate);
    try {
      log.info('Starts a guest that ran before the host was rebooted', { instance: row.id });
      await this.driver.powerOn(guest, { task: `boot-${Date.now()}`, signal: new AbortController().signal });
    } catch (error) {
      log.exception(error instanceof Error ? error : new Error(String(error)), `Server ${row.id} is not resumed`);
      await this.store.transaction(
        async (tx) => {
          const expected = { vm_state: [row.vm_state], task_state: [null] };
          if (await changeInstance(tx, row.id, expected, { vm_state: 'error' }))
            await recordFault(tx, row.id, faultOf(error));
        },
        { name: 'power.resume' },
      );
    }
  }

  async #settle(row: InstanceRow, state: number): Promise<void> {
    const ends = SHOULD_RUN.includes(row.vm_state) && ENDED.includes(state);
    if (state === POWER_STATE.NOSTATE || (state === row.power_state && !ends)) return;
    if (ends) log.info('The guest has ended by itself: its server is SHUTOFF', { instance: row.id });
    await this.store.transaction(
      async (tx) => {
        const after = { vm_state: ends ? ('stopped' as const) : row.vm_state, power_state: state };
        const expected = { vm_state: [row.vm_state], task_state: [null] };
        if (!(await changeInstance(tx, row.id, expected, after)) || !ends) return;
        this.notices.changedAfter(tx, row, { vm_state: 'stopped', task_state: null });
        this.notices.tellAfter(tx, 'power_off.end', row.id);
      },
      { name: 'power.settle' },
    );
  }
}
