import { POWER_STATE } from '#libs/contracts';
import { recordEvents } from '../../instances/instance-actions.js';
import {
  breakOffMove,
  completeMove,
  currentMove,
  flavorColumns,
  setMoveStatus,
  undoMove,
} from '../../instances/instance-moves.js';
import type { MigrationRow } from '../../instances/instance-moves.js';
import type { InstanceChanges } from '../../instances/instance-states.js';
import { clock } from '../../instances/instance-states.js';
import type { Queries, Transaction } from '../../store/index.js';
import type { HostStepHandlers, StepServices, StepWork } from './host-step.js';
import { setTimeout as sleep } from 'node:timers/promises';

/** The interval at which a running copy checks whether it was aborted or is to complete. */
const LOOK_MS = 500;

/** What a running copy should do. */
type Wish = 'go on' | 'give up' | 'complete';

/**
 * The part of a live migration that can be aborted. Returns true if it was not aborted: then it no longer can be, and
 * the guest moves to the other host. An abort has already restored the server, so nothing is left to do here.
 */
async function copyLive(services: StepServices, work: StepWork, move: MigrationRow): Promise<boolean> {
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
      // The abort also locks the server first, so one of the two waits for the other.
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
        // Already set if the step runs again after a crash.
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

/**
 * A resize or cold migration: the source releases the guest and the destination takes it over. Then either the source
 * deletes its copy (confirm), or the destination releases the guest and the source takes it back (revert). A live
 * migration is one step on the source.
 */
export const moveSteps: HostStepHandlers = {
  resize_instance: {
    tasks: ['resize_prep', 'resize_migrating'],
    event: 'resize',
    record: 'compute_resize_instance',
    run: ({ driver }, { guest, operation }) => driver.moveOut(guest, operation),
    async end({ casts, networking }, tx, { context, instance }) {
      const move = await requireMove(tx, instance.id);
      await setMoveStatus(tx, move, 'post-migrating');
      const host = move.dest_compute ?? '';
      await networking.rebind(tx, instance, host);
      await casts.step(tx, context, host, 'finish_resize', instance);
      return { task_state: 'resize_migrated', host, node: move.dest_node, power_state: POWER_STATE.SHUTDOWN };
    },
    fail: failMove,
  },
  finish_resize: {
    tasks: ['resize_migrated', 'resize_finish'],
    event: 'finish_resize',
    record: 'compute_finish_resize',
    async run({ driver, store }, { guest, instance, operation }) {
      const move = await requireMove(store.db, instance.id);
      const flavor = move.new_flavor ?? instance.flavor;
      await driver.moveIn({ ...guest, flavor }, move.old_vm_state !== 'stopped', operation);
    },
    async end(_services, tx, { instance }) {
      const move = await requireMove(tx, instance.id);
      await setMoveStatus(tx, move, 'finished');
      return {
        vm_state: 'resized',
        power_state: powerOf(move),
        launched_at: clock,
        old_flavor: JSON.stringify(instance.flavor),
        ...flavorColumns(move.new_flavor ?? instance.flavor),
      };
    },
    fail: failMove,
  },
  confirm_resize: {
    tasks: ['resize_confirming'],
    onSource: true,
    event: 'resize.confirm',
    record: 'compute_confirm_resize',
    run: ({ driver }, { guest, operation }) => driver.cleanUp(guest, operation),
    async end(_services, tx, { instance }) {
      await completeMove(tx, await requireMove(tx, instance.id), 'confirmed');
      const isOff = instance.power_state === POWER_STATE.SHUTDOWN;
      return { vm_state: isOff ? 'stopped' : 'active', old_flavor: null };
    },
    errorOnFailure: true,
  },
  revert_resize: {
    tasks: ['resize_reverting'],
    event: 'resize.revert',
    record: 'compute_revert_resize',
    async run({ driver, store }, { guest, instance, operation }) {
      await driver.moveOut(guest, operation);
      const cleanUp = { ...operation, task: `${operation.task}.clean` };
      if (!staysOnHost(await requireMove(store.db, instance.id))) await driver.cleanUp(guest, cleanUp);
    },
    async end({ casts, networking }, tx, { context, instance }) {
      const move = await requireMove(tx, instance.id);
      const host = move.source_compute ?? '';
      await networking.rebind(tx, instance, host);
      await casts.step(tx, context, host, 'finish_revert_resize', instance);
      return {
        task_state: 'resize_reverting',
        task_arguments: JSON.stringify({ phase: 'finish' }),
        host,
        node: move.source_node,
        power_state: POWER_STATE.SHUTDOWN,
      };
    },
    errorOnFailure: true,
  },
  finish_revert_resize: {
    tasks: ['resize_reverting'],
    phase: 'finish',
    event: 'resize.revert',
    record: 'compute_finish_revert_resize',
    async run({ driver, store }, { guest, instance, operation }) {
      const move = await requireMove(store.db, instance.id);
      const flavor = move.old_flavor ?? instance.flavor;
      await driver.moveIn({ ...guest, flavor }, move.old_vm_state !== 'stopped', operation);
    },
    async end(_services, tx, { instance }) {
      const move = await requireMove(tx, instance.id);
      await undoMove(tx, move, 'reverted');
      return {
        vm_state: move.old_vm_state ?? 'active',
        power_state: powerOf(move),
        launched_at: clock,
        old_flavor: null,
        ...flavorColumns(move.old_flavor ?? instance.flavor),
      };
    },
    errorOnFailure: true,
  },
  live_migration: {
    tasks: ['migrating'],
    event: 'live_migration._post',
    record: 'compute_live_migration',
    async run(services, work) {
      const { driver, store, networking } = services;
      const { guest, instance, operation } = work;
      const move = await requireMove(store.db, instance.id);
      await store.transaction((tx) => networking.bindAhead(tx, instance, move.dest_compute ?? ''), {
        name: 'live_migration.bindings',
      });
      if (!(await copyLive(services, work, move))) return;
      await driver.moveLive(guest, move.dest_compute ?? '', operation);
      await driver.cleanUp(guest, operation);
    },
    async end({ networking }, tx, { context, instance }) {
      const move = await requireMove(tx, instance.id);
      // This move was aborted and another one has begun: the delivery runs again, for the new move.
      if (move.status !== 'post-migrating') throw new Error(`another move of server ${instance.id} has begun`);
      await completeMove(tx, move, 'completed');
      const host = move.dest_compute ?? '';
      const events = { compute_pre_live_migration: host, compute_post_live_migration_at_destination: host };
      await recordEvents(tx, context, instance.id, events);
      await networking.rebind(tx, instance, host);
      return { host, node: move.dest_node };
    },
    async fail(_services, tx, { instance }) {
      const move = await currentMove(tx, instance.id);
      if (move !== undefined) await undoMove(tx, move, 'failed');
      return {};
    },
  },
};

/** A resize to the same host: the server continues with the guest that is there. */
function staysOnHost(move: MigrationRow): boolean {
  return move.source_compute === move.dest_compute;
}

async function requireMove(db: Queries, instanceId: string): Promise<MigrationRow> {
  const move = await currentMove(db, instanceId);
  if (move === undefined) throw new Error(`server ${instanceId} has a task of a move, and no move`);
  return move;
}

/**
 * Ends a move that broke off: ERROR. The server keeps its resources on the source if the guest is still there. As in
 * nova it has its old flavor, on either host.
 */
async function failMove(_services: StepServices, tx: Transaction, { instance }: StepWork): Promise<InstanceChanges> {
  return { ...(await breakOffMove(tx, instance)), ...flavorColumns(instance.flavor), vm_state: 'error' };
}

function powerOf(move: MigrationRow): number {
  return move.old_vm_state === 'stopped' ? POWER_STATE.SHUTDOWN : POWER_STATE.RUNNING;
}
