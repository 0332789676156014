import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Transaction } from '../../store/index.js';

/** The port forwardings of floating IPs `f`, as answers show them inside. */
export const shownForwardings = sql`coalesce((
  select jsonb_agg(jsonb_build_object('id', t.id, 'protocol', t.protocol, 'internal_port_id', t.internal_port_id,
    'internal_ip_address', host(t.internal_ip_address),
    'internal_port', case when t.internal_port_start = t.internal_port_end then t.internal_port_start end,
    'external_port', case when t.external_port_start = t.external_port_end then t.external_port_start end)
    order by t.external_port_start, t.id)
  from port_forwardings t where t.floatingip_id = f.id), '[]'::jsonb)`;

/** Floating IPs without a port or forwarding lead nowhere. */
export async function releaseFloatingIps(tx: Transaction, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update floatingips f set router_id = null, status = 'DOWN', revision_number = revision_number + 1, updated_at = business_now()
    where f.id = any(${[...ids]}::text[]) and f.port_id is null
      and not exists (select 1 from port_forwardings t where t.floatingip_id = f.id)`.execute(tx);
}

/** Forwardings to ports that go, or that lost the address, go with them. */
async function dropForwardings(tx: Transaction, condition: RawBuilder<boolean>): Promise<void> {
  const gone = await sql<{ floatingip_id: string }>`
    delete from port_forwardings t where ${condition} returning floatingip_id`.execute(tx);
  await releaseFloatingIps(
    tx,
    gone.rows.map((row) => row.floatingip_id),
  );
}

export function dropForwardingsOf(tx: Transaction, portIds: readonly string[]): Promise<void> {
  return dropForwardings(tx, sql<boolean>`t.internal_port_id = any(${[...portIds]}::text[])`);
}

export function dropLostForwardings(tx: Transaction, portId: string): Promise<void> {
  return dropForwardings(
    tx,
    sql<boolean>`t.internal_port_id = ${portId} and not exists (
      select 1 from ip_allocations a where a.port_id = ${portId} and a.ip_address = t.internal_ip_address)`,
  );
}
