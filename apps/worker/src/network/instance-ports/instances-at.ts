import { sql } from 'kysely';
import type { Queries } from '../../store/index.js';
import { formatAddress, parseAddress } from '../ipam/address.js';

/**
 * Ids of the servers that have this address on a network that an administrator opened to all, shared or external;
 * none for what is no address. Any project may have a network of its own with any range, and servers at any address
 * of it: there an address does not say who asks, and whoever answers for it names the server himself.
 * Several where an administrator let such networks overlap.
 */
export async function instancesAt(db: Queries, address: string): Promise<string[]> {
  const parsed = parseAddress(address);
  if (parsed === null) return [];
  const result = await sql<{ id: string }>`
    select distinct i.id from ip_allocations a
    join ports p on p.id = a.port_id
    join networks n on n.id = p.network_id
    join instances i on i.id = p.device_id and i.project_id = p.project_id
    where a.ip_address = ${formatAddress(parsed)}::inet and (n.shared or n.router_external)
      and p.device_owner like 'compute:%' and not i.deleted`.execute(db);
  return result.rows.map(({ id }) => id);
}
