import type { RequestContext } from '#libs/telemetry';
import { breakOffMove } from '../../../instances/instance-moves.js';
import type { InstanceRow } from '../../../instances/instance-row.js';
import { changeInstance, clock } from '../../../instances/instance-states.js';
import type { Transaction } from '../../../store/index.js';
import type { ActionServices } from './action-handler.js';
import { isUp } from './hosts.js';

/**
 * Deletes a server at once: through its host, or here if it has no host or the host is down. A host that comes up again
 * removes the guest.
 */
export async function deleteServer(
  services: ActionServices,
  tx: Transaction,
  context: RequestContext,
  row: InstanceRow,
): Promise<void> {
  const { casts, lifecycle, notices, snapshots } = services;
  if (row.shelved_image_id !== null) await snapshots.remove(tx, row.shelved_image_id);
  await giveUpImage(services, tx, row);
  if (row.host === null || !(await isUp(services, tx, row.host))) {
    // No other worker has anything to do, and a running build will find that the server is deleted.
    notices.tellAfter(tx, 'delete.start', row.id);
    await lifecycle.finishDelete(tx, row.id);
    if (row.host !== null) {
      await tx
        .insertInto('leftover_guests')
        .values({ host: row.host, instance_id: row.id })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    notices.changedAfter(tx, row, { vm_state: 'deleted', task_state: null });
    return;
  }
  await changeInstance(tx, row.id, { task_state: [row.task_state] }, { task_state: 'deleting', progress: 0 });
  notices.changedAfter(tx, row, { task_state: 'deleting' });
  await casts.toHost(tx, context, row.host, 'terminate_instance', row.id);
}

/** Defers a delete: the server is stopped, and is in nova's SOFT_DELETED until it is restored or reclaimed. */
export async function softDeleteServer(
  services: ActionServices,
  tx: Transaction,
  context: RequestContext,
  row: InstanceRow,
): Promise<void> {
  if (row.host === null) throw new TypeError('a server on no host has nothing to keep: delete it');
  const { casts, notices } = services;
  await giveUpImage(services, tx, row);
  const moved = await breakOffMove(tx, row);
  const changes = {
    ...moved,
    task_state: 'soft-deleting' as const,
    // Also ends the phase of the task that the delete comes over.
    task_arguments: moved === undefined ? null : JSON.stringify({ moved: true }),
    progress: 0,
    soft_deleted_at: clock,
  };
  await changeInstance(tx, row.id, { task_state: [row.task_state] }, changes);
  notices.changedAfter(tx, row, { task_state: 'soft-deleting' });
  await casts.step(tx, context, row.host, 'soft_delete', { ...row, task_state: 'soft-deleting' });
}

/** Deletes an unfinished image of a server whose task ends early. */
export async function giveUpImage(
  { snapshots }: Pick<ActionServices, 'snapshots'>,
  tx: Transaction,
  { task_state: task, task_arguments: args }: InstanceRow,
): Promise<void> {
  if (task !== 'image_snapshot' && task !== 'image_backup') return;
  await snapshots.giveUp(tx, String(args?.['image_id']));
}
