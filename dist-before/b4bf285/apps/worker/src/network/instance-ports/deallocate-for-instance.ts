import { sql } from 'kysely';
import type { Transaction } from '../../store/index.js';
import { bindingOf } from '../ports/port-binding.js';

/**
 * Deletes the ports that were made for a server, with their addresses, and frees those that the user made. May be
 * repeated. Answers the ids of those deleted.
 */
export async function deallocateForInstance(tx: Transaction, instanceId: string): Promise<string[]> {
  const deleted = await tx
    .deleteFrom('ports')
    .where('device_id', '=', instanceId)
    .where('created_for_instance', '=', instanceId)
    .returning('id')
    .execute();
  await tx
    .updateTable('ports')
    .set((row) => ({
      ...bindingOf(''),
      status: 'DOWN',
      device_id: '',
      device_owner: '',
      binding_profile: '{}',
      revision_number: row('revision_number', '+', 1),
      updated_at: sql<string>`now()`,
    }))
    .where('device_id', '=', instanceId)
    .execute();
  return deleted.map(({ id }) => id);
}
