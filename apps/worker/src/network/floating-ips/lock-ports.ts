import { sql } from 'kysely';
import type { Transaction } from '../../store/index.js';

/** Ports to which a floating IP leads, directly or by forwardings. */
export const portsLedTo = (id: string) => sql`
  select port_id from floatingips where id = ${id} and port_id is not null
  union select internal_port_id from port_forwardings where floatingip_id = ${id}`;

/**
 * Locks the ports to which a floating IP leads or will lead, before the floating IP itself. The routers of their
 * networks are locked first, so their interfaces stay until the commit.
 * @param mode `change`: two forwardings to one port wait for each other
 */
export async function lockPorts(tx: Transaction, ids: readonly string[], mode: 'share' | 'change'): Promise<void> {
  await sql`
    select 1 from routers where id in (
      select i.router_id from router_interfaces i join subnets s on s.id = i.subnet_id
      join ports p on p.network_id = s.network_id where p.id = any(${[...ids]}::text[]))
    order by id for share`.execute(tx);
  const clause = mode === 'share' ? sql`for share` : sql`for no key update`;
  await sql`select 1 from ports where id = any(${[...ids]}::text[]) order by id ${clause}`.execute(tx);
}

/** The same, including the ports to which a floating IP leads now. */
export async function lockPortsWith(
  tx: Transaction,
  floatingIp: string,
  more: readonly string[],
  mode: 'share' | 'change',
): Promise<void> {
  const { rows } = await sql<{ port_id: string }>`${portsLedTo(floatingIp)}`.execute(tx);
  await lockPorts(tx, [...rows.map((row) => row.port_id), ...more], mode);
}
