import { sql } from 'kysely';
import type { ServerAddress } from '#libs/contracts';
import type { Queries } from '../../store/index.js';
import { nicOrder } from './instance-ref.js';
import type { InstanceRef } from './instance-ref.js';

interface AddressRow extends ServerAddress {
  readonly instance_id: string;
  readonly floating: readonly string[];
}

/**
 * The addresses of servers, in the order of their NICs, each with the floating IPs that lead to it; a server without any
 * is not in the map.
 */
export async function addressesOf(
  db: Queries,
  instances: readonly InstanceRef[],
): Promise<Map<string, ServerAddress[]>> {
  const addresses = new Map<string, ServerAddress[]>();
  if (instances.length === 0) return addresses;
  const ids = instances.map(({ id }) => id);
  const projects = instances.map(({ project_id: projectId }) => projectId);
  const result = await sql<AddressRow>`
    select p.device_id as instance_id, n.name as network_name, n.id as network_id, p.id as port_id,
      host(a.ip_address) as addr, family(a.ip_address) as version, p.mac_address,
      array(
        select host(f.floating_ip_address) from floatingips f
        where f.port_id = p.id and f.fixed_ip_address = a.ip_address order by f.created_at, f.id) as floating
    from unnest(${ids}::text[], ${projects}::text[]) as i (id, project_id)
    join ports p on p.device_id = i.id and p.project_id = i.project_id
    join networks n on n.id = p.network_id
    join ip_allocations a on a.port_id = p.id
    where p.device_id <> ''
    order by ${nicOrder}, a.position`.execute(db);
  for (const { instance_id: instanceId, floating, ...address } of result.rows) {
    const list = addresses.get(instanceId) ?? [];
    addresses.set(instanceId, list);
    list.push(address, ...floating.map((addr) => ({ ...address, addr, fixed_addr: address.addr })));
  }
  return addresses;
}
