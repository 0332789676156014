import { sql } from 'kysely';
import type { Transaction } from '../../store/index.js';
import { belongsTo } from './instance-ref.js';
import type { InstanceRef } from './instance-ref.js';

/** Marks a server's plugged ports ACTIVE, except those that are administratively down. May be repeated. */
export async function activateForInstance(tx: Transaction, instance: InstanceRef): Promise<void> {
  await sql`
    update ports p set status = 'ACTIVE', revision_number = p.revision_number + 1, updated_at = business_now()
    where ${belongsTo(instance)} and p.status <> 'ACTIVE' and p.admin_state_up`.execute(tx);
}
