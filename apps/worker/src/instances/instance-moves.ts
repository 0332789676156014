import { randomUUID } from 'node:crypto';
import type { Insertable, Selectable } from 'kysely';
import type { FlavorData } from '#libs/contracts';
import { unbindAhead } from '../network/instance-ports.js';
import type { Queries, Transaction } from '../store/index.js';
import type { MigrationsTable } from '../store/tables/server.tables.js';
import type { InstanceRow } from './instance-row.js';
import { clock } from './instance-states.js';
import type { InstanceChanges } from './instance-states.js';

export type MigrationRow = Selectable<MigrationsTable>;

/** Statuses of a move that is in progress, or waits for its confirmation. */
const UNFINISHED = ['accepted', 'migrating', 'post-migrating', 'finished', 'confirming', 'reverting', 'running'];

/** Records a move and transfers the claim on the current host to it: the server itself claims the destination. */
export async function beginMove(
  tx: Transaction,
  values: Omit<Insertable<MigrationsTable>, 'uuid'>,
): Promise<MigrationRow> {
  const uuid = randomUUID();
  const row = await tx
    .insertInto('migrations')
    .values({ ...values, uuid })
    .returningAll()
    .executeTakeFirstOrThrow();
  await tx
    .updateTable('allocations')
    .set({ instance_id: uuid, consumer_type: 'migration' })
    .where('instance_id', '=', values.instance_id)
    .execute();
  return row;
}

/** The unfinished move of a server; undefined if there is none. */
export function currentMove(db: Queries, instanceId: string): Promise<MigrationRow | undefined> {
  return db
    .selectFrom('migrations')
    .selectAll()
    .where('instance_id', '=', instanceId)
    .where('status', 'in', UNFINISHED)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export async function setMoveStatus(tx: Transaction, { id }: MigrationRow, status: string): Promise<void> {
  await tx.updateTable('migrations').set({ status, updated_at: clock }).where('id', '=', id).execute();
}

/** Completes a move: frees the host that the move held; the server keeps its current one. */
export async function completeMove(tx: Transaction, move: MigrationRow, status: string): Promise<void> {
  await tx.deleteFrom('allocations').where('instance_id', '=', move.uuid).execute();
  await setMoveStatus(tx, move, status);
}

/** Undoes a move that did not happen or was reverted: the server gets back what it had, and the other host is freed. */
export async function undoMove(tx: Transaction, move: MigrationRow, status: string): Promise<void> {
  await tx.deleteFrom('allocations').where('instance_id', '=', move.instance_id).execute();
  await tx
    .updateTable('allocations')
    .set({ instance_id: move.instance_id, consumer_type: 'instance' })
    .where('instance_id', '=', move.uuid)
    .execute();
  await unbindAhead(tx, move.instance_id);
  await setMoveStatus(tx, move, status);
}

/**
 * Ends a move because of another operation. A move that waits for its confirmation is confirmed; any other ends in an
 * error, and the server keeps what it holds on its current host: the resources, and the flavor that they were claimed
 * for. Returns the columns to change, or undefined if there is no move.
 */
export async function breakOffMove(
  tx: Transaction,
  { id, host, flavor }: Pick<InstanceRow, 'id' | 'host' | 'flavor'>,
): Promise<InstanceChanges | undefined> {
  const move = await currentMove(tx, id);
  if (move === undefined) return undefined;
  const isConfirmed = move.status === 'finished' || move.status === 'confirming';
  const isBack = !isConfirmed && host === move.source_compute;
  if (isBack) await undoMove(tx, move, 'error');
  else await completeMove(tx, move, isConfirmed ? 'confirmed' : 'error');
  return { ...flavorColumns((isBack ? move.old_flavor : move.new_flavor) ?? flavor), old_flavor: null };
}

/** Releases what the server's moves hold; a move that waits for its confirmation is confirmed. */
export async function endMovesOf(tx: Transaction, instanceId: string): Promise<void> {
  const move = await currentMove(tx, instanceId);
  if (move !== undefined) await completeMove(tx, move, move.status === 'finished' ? 'confirmed' : 'error');
}

/** The columns of a server that has a flavor; vcpus and ram count for the quota. */
export function flavorColumns(flavor: FlavorData): InstanceChanges {
  return { flavor: JSON.stringify(flavor), flavor_id: flavor.id, vcpus: flavor.vcpus, ram: flavor.ram };
}
