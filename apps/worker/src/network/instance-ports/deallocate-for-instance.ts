import { sql } from 'kysely';
import type { Transaction } from '../../store/index.js';
import { bindingOf } from '../ports/port-binding.js';
import { belongsTo } from './instance-ref.js';
import type { InstanceRef } from './instance-ref.js';

/**
 * Deletes the ports that were made for a server, with their addresses, and frees those that the user made. May be
 * repeated. Answers the ids of those deleted.
 */
export async function deallocateForInstance(tx: Transaction, instance: InstanceRef): Promise<string[]> {
  const deleted = await sql<{ id: string }>`
    delete from ports p where ${belongsTo(instance)} and p.created_for_instance = ${instance.id} returning p.id`.execute(
    tx,
  );
  const { binding_host_id: host, binding_vif_type: vifType } = bindingOf('');
  await sql`
    update ports p set binding_host_id = ${host}, binding_vif_type = ${vifType}, binding_profile = '{}',
      status = 'DOWN', device_id = '', device_owner = '', nic_index = null, nic_tag = null,
      revision_number = p.revision_number + 1, updated_at = now()
    where ${belongsTo(instance)}`.execute(tx);
  return deleted.rows.map(({ id }) => id);
}
