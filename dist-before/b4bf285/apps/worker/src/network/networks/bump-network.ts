import { sql } from 'kysely';
import type { Transaction } from '../../store/index.js';

/** A network's revision grows with every change of its subnets. */
export async function bumpNetwork(tx: Transaction, id: string): Promise<void> {
  await tx
    .updateTable('networks')
    .set((row) => ({ revision_number: row('revision_number', '+', 1), updated_at: sql<string>`now()` }))
    .where('id', '=', id)
    .execute();
}
