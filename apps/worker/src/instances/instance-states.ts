import { sql } from 'kysely';
import type { UpdateObject } from 'kysely';
import type { TaskState, VmState } from '#libs/contracts';
import type { Database, Transaction } from '../store/index.js';

/** The state in which a step expects a server. */
export interface ExpectedState {
  readonly vm_state?: readonly VmState[];
  readonly task_state: readonly TaskState[];
  /** On one of these hosts. */
  readonly host?: readonly string[];
}

/** New values of a server's columns; times may be `clock`. */
export type InstanceChanges = UpdateObject<Database, 'instances'>;

/** The database's clock at this statement. */
export const clock = sql<string>`business_clock()`;

/**
 * Compare-and-set on (vm_state, task_state): changes a server that is still in the expected state. Returns false, and
 * changes nothing, if another step or a delete came first.
 */
export async function changeInstance(
  tx: Transaction,
  id: string,
  expected: ExpectedState,
  changes: InstanceChanges,
): Promise<boolean> {
  const tasks = expected.task_state.filter((state) => state !== null);
  const idle = expected.task_state.includes(null);
  let query = tx
    .updateTable('instances')
    .set({ updated_at: clock, ...changes })
    .where('id', '=', id)
    .where('deleted', '=', false)
    .where((where) =>
      where.or([
        ...(tasks.length > 0 ? [where('task_state', 'in', tasks)] : []),
        ...(idle ? [where('task_state', 'is', null)] : []),
      ]),
    );
  if (expected.vm_state !== undefined) query = query.where('vm_state', 'in', [...expected.vm_state]);
  if (expected.host !== undefined) query = query.where('host', '=', sql<string>`any(${[...expected.host]}::text[])`);
  const result = await query.executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
