import { sql } from 'kysely';
import type { Store } from '../../store/index.js';
import type { GuestPort } from './host-network.js';

/** The binding of a port here, in the terms of neutron's drivers: a tap on a bridge, filtered by this host. */
const BOUND = { type: 'bridge', details: { connectivity: 'l2', port_filter: true } } as const;

/**
 * Reports plugged ports: their rows become ACTIVE, or DOWN while they are administratively down, and get their binding.
 */
export async function reportPlugged(
  { db }: Store,
  host: string,
  ports: readonly GuestPort[],
  level: string,
): Promise<void> {
  const ids = ports.map(({ id }) => id);
  if (ids.length === 0) return;
  const details = JSON.stringify({ ...BOUND.details, level });
  await sql`
    update ports p set status = case when p.admin_state_up then 'ACTIVE' else 'DOWN' end,
      binding_vif_type = ${BOUND.type}, binding_vif_details = ${details}::jsonb,
      revision_number = p.revision_number + 1, updated_at = business_now()
    where p.id = any(${ids}::text[]) and p.binding_host_id = ${host}
      and (p.status <> case when p.admin_state_up then 'ACTIVE' else 'DOWN' end
        or p.binding_vif_type <> ${BOUND.type} or p.binding_vif_details <> ${details}::jsonb)`.execute(db);
}

/** Reports ports that are no longer plugged, if their rows still exist and belong to this host. */
export async function reportUnplugged({ db }: Store, host: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update ports p set status = 'DOWN', revision_number = p.revision_number + 1, updated_at = business_now()
    where p.id = any(${[...ids]}::text[]) and p.binding_host_id = ${host} and p.status <> 'DOWN'`.execute(db);
}
