import type { Selectable } from 'kysely';
import type { InstancesTable } from '../store/tables/server.tables.js';
import type { Transaction } from '../store/index.js';

export type InstanceRow = Selectable<InstancesTable>;

/** Loads a server and locks its row until the transaction ends; undefined if it does not exist or is deleted. */
export function lockInstance(tx: Transaction, id: string): Promise<InstanceRow | undefined> {
  return tx
    .selectFrom('instances')
    .selectAll()
    .where('id', '=', id)
    .where('deleted', '=', false)
    .forUpdate()
    .executeTakeFirst();
}
