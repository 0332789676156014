import { sql } from 'kysely';
import { TASK_STATES } from '#libs/contracts';
import type { VmState } from '#libs/contracts';
import { createContext, getLogger } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import type { InstanceCasts } from '../instances/instance-casts.js';
import { recordFault } from '../instances/instance-faults.js';
import type { InstanceRow } from '../instances/instance-row.js';
import type { InstanceNotices } from '../notifications/instance-notices.js';
import type { Store, Transaction } from '../store/index.js';
import { dueStep, hostOfStep } from './steps/index.js';

const log = getLogger('albireo.compute');

const BATCH_SIZE = 100;

/**
 * The last resort for a server whose task makes no progress because its cast was lost in a way that outbox and broker
 * cannot repair (a queue purged by hand, a parked message). The cast of its step is sent again. A second copy does no
 * harm if the first one still arrives, since every step is a compare-and-set.
 */
export class LostStepRepair {
  constructor(
    private readonly store: Store,
    private readonly casts: InstanceCasts,
    private readonly notices: InstanceNotices,
  ) {}

  /** Sends the steps of servers without any change for `idleMs`. Returns the servers' ids. */
  async run(idleMs: number): Promise<string[]> {
    const found = await sql<{ cutoff: string }>`
      select business_clock() - ${idleMs} * interval '1 millisecond' as cutoff`.execute(this.store.db);
    const cutoff = found.rows[0]?.cutoff ?? '-infinity';
    await this.#giveUp(2 * idleMs);
    const repaired: string[] = [];
    for (;;) {
      const batch = await this.#batch(cutoff);
      repaired.push(...batch);
      if (batch.length < BATCH_SIZE) return repaired;
    }
  }

  /**
   * A task that this version does not know was begun by a newer worker. After twice the time, within which a newer
   * worker would have repaired it, the server goes to ERROR: after a rollback of the upgrade no other worker would end
   * the task.
   */
  #giveUp(idleMs: number): Promise<void> {
    return this.store.transaction(
      async (tx) => {
        const stranded = await sql<{ id: string; task: string; vm_state: VmState }>`
          with found as (
            select id, task_state, vm_state from instances
            where task_state is not null and not deleted and task_state <> all (${[...TASK_STATES]}::text[])
              and updated_at <= business_clock() - ${idleMs} * interval '1 millisecond'
            order by updated_at limit ${BATCH_SIZE} for update skip locked
          )
          update instances set vm_state = 'error', task_state = null, updated_at = business_clock()
          from found where instances.id = found.id
          returning instances.id, found.task_state as task, found.vm_state`.execute(tx);
        for (const { id, task, vm_state } of stranded.rows) {
          const message = `Task ${task} was begun by a newer version and is not known to the running one.`;
          log.warning(message, { instance: id });
          await recordFault(tx, id, { code: 500, message });
          this.notices.changedAfter(tx, { id, vm_state, task_state: null }, { vm_state: 'error', task_state: null });
        }
      },
      { name: 'repair.give-up' },
    );
  }

  #batch(cutoff: string): Promise<string[]> {
    return this.store.transaction(
      async (tx) => {
        const lost = await sql<InstanceRow>`
          update instances set repaired_at = business_clock()
          where id in (
            select id from instances
            where task_state is not null and not deleted
              and greatest(updated_at, repaired_at) <= ${cutoff}::timestamptz
              and not exists (select 1 from outbox where strpos(message->>'body', instances.id) > 0)
            order by updated_at limit ${BATCH_SIZE} for update skip locked
          )
          returning *`.execute(tx);
        for (const instance of lost.rows) {
          log.warning(`Task ${instance.task_state ?? ''} has not moved: its step is sent again`, {
            instance: instance.id,
          });
          await this.#resend(tx, instance);
        }
        return lost.rows.map((instance) => instance.id);
      },
      { name: 'repair' },
    );
  }

  async #resend(tx: Transaction, instance: InstanceRow): Promise<void> {
    const { id, host } = instance;
    const context = ownerContext(instance);
    if (instance.task_state === 'scheduling') return this.casts.schedule(tx, context, id);
    if (host === null) return;
    switch (instance.task_state) {
      case 'networking':
      case 'spawning':
        return this.casts.toHost(tx, context, host, 'build_and_run_instance', id);
      case 'deleting':
        return this.casts.toHost(tx, context, host, 'terminate_instance', id);
      default: {
        const step = dueStep(instance);
        if (step !== undefined)
          await this.casts.step(tx, context, await hostOfStep(tx, step, instance), step, instance);
      }
    }
  }
}

function ownerContext(instance: InstanceRow): RequestContext {
  return createContext({ project_id: instance.project_id, user_id: instance.user_id });
}
