import { setTimeout as sleep } from 'node:timers/promises';
import { clock } from '../../instances/instance-states.js';
import type { MigrationRow } from '../../instances/instance-moves.js';
import type { StepServices, StepWork } from './host-step.js';

/** How soon a running copy hears that it was aborted, or shall complete. */
const LOOK_MS = 500;

/** What a copy that runs is to do. */
type Wish = 'go on' | 'give up' | 'complete';

/**
 * The part of a live migration that can be aborted. Answers whether it was not: then the move is beyond that, and the
 * guest goes over. An abort has put the server right already, so there is nothing to be done for it here.
 */
export async function copyLive(services: StepServices, work: StepWork, move: MigrationRow): Promise<boolean> {
  const { driver, store } = services;
  const { guest, instance, operation } = work;
  const ended = new AbortController();
  const broken = new AbortController();
  const watch = async (): Promise<void> => {
    while (!ended.signal.aborted && (await wishOf(services, instance.id, move)) === 'go on') {
      await sleep(LOOK_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
    broken.abort();
  };
  const copy = async (): Promise<void> => {
    const signal = AbortSignal.any([operation.signal, broken.signal]);
    try {
      await driver.copyLive?.(guest, move.dest_compute ?? '', { ...operation, signal });
    } catch (error) {
      if (!broken.signal.aborted || operation.signal.aborted) throw error;
    } finally {
      ended.abort();
    }
  };
  await Promise.all([copy(), watch()]);
  return store.transaction(
    async (tx) => {
      // The abort locks the server first, too: one of the two comes first.
      const current = await tx
        .selectFrom('instances')
        .select('task_state')
        .where('id', '=', instance.id)
        .forUpdate()
        .executeTakeFirst();
      if (current?.task_state !== 'migrating') return false;
      const found = await tx
        .updateTable('migrations')
        .set({ status: 'post-migrating', updated_at: clock })
        .where('id', '=', move.id)
        // A step that is run again after a crash has been here before.
        .where('status', 'in', ['running', 'post-migrating'])
        .executeTakeFirst();
      return found.numUpdatedRows > 0n;
    },
    { name: 'live_migration.over' },
  );
}

async function wishOf({ store }: StepServices, instanceId: string, { id }: MigrationRow): Promise<Wish> {
  const found = await store.db
    .selectFrom('instances as i')
    .innerJoin('migrations as m', 'm.instance_id', 'i.id')
    .select(['i.task_state', 'i.task_arguments', 'm.status'])
    .where('i.id', '=', instanceId)
    .where('m.id', '=', id)
    .executeTakeFirst();
  if (found?.task_state !== 'migrating' || !['running', 'post-migrating'].includes(found.status)) return 'give up';
  return found.task_arguments?.['force_complete'] === true ? 'complete' : 'go on';
}
