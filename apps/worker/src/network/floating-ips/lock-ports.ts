import { sql } from 'kysely';
import type { Transaction } from '../../store/index.js';

/** Ports that a floating IP leads to, by itself or by forwardings. */
export const portsLedTo = (id: string) => sql`
  select port_id from floatingips where id = ${id} and port_id is not null
  union select internal_port_id from port_forwardings where floatingip_id = ${id}`;

/**
 * Holds ports that a floating IP leads to or is to lead to, before the floating IP itself; the routers of their networks
 * first, whose interfaces stay until the commit.
 * @param mode `change`: two forwardings to one port come one after the other
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

/** The same, with those that a floating IP leads to now. */
export async function lockPortsWith(
  tx: Transaction,
  floatingIp: string,
  more: readonly string[],
  mode: 'share' | 'change',
): Promise<void> {
  const { rows } = await sql<{ port_id: string }>`${portsLedTo(floatingIp)}`.execute(tx);
  await lockPorts(tx, [...rows.map((row) => row.port_id), ...more], mode);
}
