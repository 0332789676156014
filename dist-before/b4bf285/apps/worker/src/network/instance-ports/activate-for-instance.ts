import { sql } from 'kysely';
import type { Transaction } from '../../store/index.js';

/** Marks a server's plugged ports ACTIVE, except those that are administratively down. May be repeated. */
export async function activateForInstance(tx: Transaction, instanceId: string): Promise<void> {
  await tx
    .updateTable('ports')
    .set((row) => ({
      status: 'ACTIVE',
      revision_number: row('revision_number', '+', 1),
      updated_at: sql<string>`now()`,
    }))
    .where('device_id', '=', instanceId)
    .where('status', '<>', 'ACTIVE')
    .where('admin_state_up', '=', true)
    .execute();
}
