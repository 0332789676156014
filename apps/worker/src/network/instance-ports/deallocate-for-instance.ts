import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { Transaction } from '../../store/index.js';
import { disassociate } from '../ports/l3-ports.js';
import { bindingOf } from '../ports/port-binding.js';
import { belongsTo } from './instance-ref.js';
import type { InstanceRef } from './instance-ref.js';

/**
 * Deletes the ports that were made for a server, with their addresses, and frees those that the user made. May be
 * repeated. Answers the ids of those deleted.
 */
export function deallocateForInstance(tx: Transaction, instance: InstanceRef): Promise<string[]> {
  return release(tx, instance, belongsTo(instance));
}

/** The same of one of its ports. Error with nova's text: PortNotFound for any other. */
export async function detachFromInstance(tx: Transaction, instance: InstanceRef, portId: string): Promise<void> {
  const one = sql<boolean>`${belongsTo(instance)} and p.id = ${portId}`;
  const found = await sql`select 1 from ports p where ${one} for update`.execute(tx);
  if (found.rows.length === 0) {
    throw new ExpectedError('PortNotFound', `Port id ${portId} could not be found.`, { port_id: portId });
  }
  await release(tx, instance, one);
}

async function release(tx: Transaction, instance: InstanceRef, which: RawBuilder<boolean>): Promise<string[]> {
  const made = await sql<{ id: string }>`
    select p.id from ports p where ${which} and p.created_for_instance = ${instance.id}
    order by p.id for update`.execute(tx);
  const ids = made.rows.map(({ id }) => id);
  await disassociate(tx, ids);
  if (ids.length > 0) await sql`delete from ports where id = any(${ids}::text[])`.execute(tx);
  const { binding_host_id: host, binding_vif_type: vifType } = bindingOf('');
  await sql`
    update ports p set binding_host_id = ${host}, binding_vif_type = ${vifType}, binding_profile = '{}',
      status = 'DOWN', device_id = '', device_owner = '', nic_index = null, nic_tag = null,
      revision_number = p.revision_number + 1, updated_at = business_now()
    where ${which}`.execute(tx);
  return ids;
}
