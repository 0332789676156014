import { sql } from 'kysely';
import { createContext, getLogger } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import type { InstanceCasts } from '../instances/instance-casts.js';
import type { InstanceRow } from '../instances/instance-row.js';
import type { Store, Transaction } from '../store/index.js';

const log = getLogger('albireo.compute');

const BATCH_SIZE = 100;

/**
 * The last net: a server whose task has not moved for long lost its cast in a way that outbox and broker did not
 * survive (a queue purged by hand, a message parked). The cast of its step is sent again; a second copy of one that is
 * on its way after all does no harm, since every step is a compare-and-set.
 */
export class LostStepRepair {
  constructor(
    private readonly store: Store,
    private readonly casts: InstanceCasts,
  ) {}

  /** Sends the steps of servers that nothing has happened to for `idleMs`. Answers their ids. */
  async run(idleMs: number): Promise<string[]> {
    const found = await sql<{ cutoff: string }>`
      select clock_timestamp() - ${idleMs} * interval '1 millisecond' as cutoff`.execute(this.store.db);
    const cutoff = found.rows[0]?.cutoff ?? '-infinity';
    const repaired: string[] = [];
    for (;;) {
      const batch = await this.#batch(cutoff);
      repaired.push(...batch);
      if (batch.length < BATCH_SIZE) return repaired;
    }
  }

  #batch(cutoff: string): Promise<string[]> {
    return this.store.transaction(
      async (tx) => {
        const lost = await sql<InstanceRow>`
          update instances set repaired_at = clock_timestamp()
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
    if (instance.task_state === 'scheduling') return this.casts.build(tx, context, id);
    if (host === null) return;
    switch (instance.task_state) {
      case 'networking':
      case 'spawning':
        return this.casts.toHost(tx, context, host, 'build_and_run_instance', id);
      case 'powering-on':
        return this.casts.toHost(tx, context, host, 'start_instance', id);
      case 'powering-off':
        return this.casts.toHost(tx, context, host, 'stop_instance', id);
      case 'deleting':
        return this.casts.toHost(tx, context, host, 'terminate_instance', id);
      case 'rebooting':
        return this.casts.reboot(tx, context, host, { instance_uuid: id, reboot_type: 'SOFT' });
      case 'rebooting_hard':
        return this.casts.reboot(tx, context, host, { instance_uuid: id, reboot_type: 'HARD' });
      default:
    }
  }
}

function ownerContext(instance: InstanceRow): RequestContext {
  return createContext({ project_id: instance.project_id, user_id: instance.user_id });
}
