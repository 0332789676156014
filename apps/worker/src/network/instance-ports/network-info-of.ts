import { sql } from 'kysely';
import type { InstanceNic, ServerAddress } from '#libs/contracts';
import type { Queries } from '../../store/index.js';
import { formatAddress, parseAddress } from '../ipam/address.js';
import { belongsTo, nicOrder } from './instance-ref.js';
import type { InstanceRef } from './instance-ref.js';

/**
 * Ids of the servers that have this address on a shared or external network, which an administrator opened to all; none
 * for an invalid address. In a project's own network any range and any address is possible, so there an address does
 * not identify a server, and the caller has to name the server itself. Several ids if an administrator allowed such
 * networks to overlap.
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

/** A server's NICs in the requested order, with data of their networks and subnets. */
export async function nicsOf(db: Queries, instance: InstanceRef): Promise<readonly InstanceNic[]> {
  const result = await sql<InstanceNic>`
    select p.id as port_id, p.mac_address, p.binding_vif_type as vif_type, p.nic_tag as tag, p.network_id, n.mtu,
      coalesce((
        select jsonb_agg(
          jsonb_build_object(
            'ip_address', host(a.ip_address), 'ip_version', s.ip_version, 'cidr', s.cidr, 'gateway_ip', s.gateway_ip,
            'enable_dhcp', s.enable_dhcp, 'ipv6_address_mode', s.ipv6_address_mode,
            'dns_nameservers', s.dns_nameservers, 'host_routes', s.host_routes
          ) order by a.position)
        from ip_allocations a join subnets s on s.id = a.subnet_id where a.port_id = p.id
      ), '[]'::jsonb) as fixed_ips
    from ports p join networks n on n.id = p.network_id
    where ${belongsTo(instance)}
    order by ${nicOrder}`.execute(db);
  return result.rows;
}

/** The data of servers' ports that server responses show, by server id; servers without any are not in the maps. */
export interface NetworkInfo {
  /** In the order of the NICs, each fixed address followed by its floating IPs. */
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
