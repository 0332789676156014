import { sql } from 'kysely';
import type { ServerAddress } from '#libs/contracts';
import type { Queries } from '../../store/index.js';
import { formatAddress, parseAddress } from '../ipam/address.js';

interface AddressRow extends ServerAddress {
  readonly instance_id: string;
}

/** The addresses of servers, ports in the order of their making; a server without any is not in the map. */
export async function addressesOf(db: Queries, instanceIds: readonly string[]): Promise<Map<string, ServerAddress[]>> {
  const addresses = new Map<string, ServerAddress[]>();
  if (instanceIds.length === 0) return addresses;
  const result = await sql<AddressRow>`
    select p.device_id as instance_id, n.name as network_name, n.id as network_id, p.id as port_id,
      host(a.ip_address) as addr, family(a.ip_address) as version, p.mac_address
    from ports p
    join networks n on n.id = p.network_id
    join ip_allocations a on a.port_id = p.id
    where p.device_id = any(${[...instanceIds]}::text[]) and p.device_id <> ''
    order by p.created_at, p.id, a.position`.execute(db);
  for (const { instance_id: instanceId, ...address } of result.rows) {
    const list = addresses.get(instanceId);
    if (list === undefined) addresses.set(instanceId, [address]);
    else list.push(address);
  }
  return addresses;
}

/** Ids of the servers that have this address; several when networks use the same one, none for what is no address. */
export async function instancesAt(db: Queries, address: string): Promise<string[]> {
  const parsed = parseAddress(address);
  if (parsed === null) return [];
  const result = await sql<{ device_id: string }>`
    select distinct p.device_id from ip_allocations a join ports p on p.id = a.port_id
    where a.ip_address = ${formatAddress(parsed)}::inet and p.device_owner like 'compute:%' and p.device_id <> ''`.execute(
    db,
  );
  return result.rows.map((row) => row.device_id);
}
