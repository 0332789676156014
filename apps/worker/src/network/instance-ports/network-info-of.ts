import { sql } from 'kysely';
import type { ServerAddress } from '#libs/contracts';
import type { Queries } from '../../store/index.js';
import type { InstanceRef } from './instance-ref.js';

/** What servers show of their ports, by the servers' ids; those without any are not in the maps. */
export interface NetworkInfo {
  /** In the order of the NICs, each fixed address with the floating IPs that lead to it. */
  readonly addresses: ReadonlyMap<string, readonly ServerAddress[]>;
  /** The names of the security groups, port by port. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

interface InfoRow extends ServerAddress {
  readonly instance_id: string;
  readonly floating: readonly string[];
  /** Null: the row is an address. */
  readonly group_name: string | null;
}

/** Addresses and groups of servers, in one statement. */
export async function networkInfoOf(db: Queries, instances: readonly InstanceRef[]): Promise<NetworkInfo> {
  const addresses = new Map<string, ServerAddress[]>();
  const groups = new Map<string, string[]>();
  if (instances.length === 0) return { addresses, groups };
  const ids = instances.map(({ id }) => id);
  const projects = instances.map(({ project_id: projectId }) => projectId);
  const { rows } = await sql<InfoRow>`
    with nics as (
      select p.* from unnest(${ids}::text[], ${projects}::text[]) as i (id, project_id)
      join ports p on p.device_id = i.id and p.project_id = i.project_id
      where p.device_id <> '')
    select instance_id, network_name, network_id, port_id, addr, version, mac_address, floating, group_name from (
      select p.device_id as instance_id, n.name as network_name, n.id as network_id, p.id as port_id,
        host(a.ip_address) as addr, family(a.ip_address) as version, p.mac_address,
        array(
          select host(f.floating_ip_address) from floatingips f
          where f.port_id = p.id and f.fixed_ip_address = a.ip_address order by f.created_at, f.id) as floating,
        null as group_name, p.nic_index, p.created_at, a.position, null as group_key, null as group_id
      from nics p
      join networks n on n.id = p.network_id
      join ip_allocations a on a.port_id = p.id
      union all
      select p.device_id, null, null, p.id, null, null, null, null,
        coalesce(nullif(g.name, ''), g.id), p.nic_index, p.created_at, null, g.name, g.id
      from nics p
      join port_security_groups s on s.port_id = p.id
      join security_groups g on g.id = s.security_group_id) as shown
    order by nic_index nulls last, created_at, port_id, position, group_key, group_id`.execute(db);
  for (const { instance_id: id, group_name: group, floating, ...address } of rows) {
    if (group !== null) listOf(groups, id).push(group);
    else
      listOf(addresses, id).push(address, ...floating.map((addr) => ({ ...address, addr, fixed_addr: address.addr })));
  }
  return { addresses, groups };
}

function listOf<T>(lists: Map<string, T[]>, id: string): T[] {
  let list = lists.get(id);
  if (list === undefined) lists.set(id, (list = []));
  return list;
}
