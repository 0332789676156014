import { sql } from 'kysely';
import { Port } from '#libs/contracts';
import { expressionFilter } from '../../listing/filters.js';
import { resourceTable } from '../../resources/resource-table.js';
import { formatAddress, parseAddress } from '../ipam/address.js';

const allocations = sql`ip_allocations a where a.port_id = p.id`;

/** A text that LIKE takes literally. */
function literal(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}

/** What stands after the ports (`p`) in every FROM that reads them: their networks (`n`). */
export const withNetworks = sql`join networks n on n.id = p.network_id`;

/** A subport is plugged with the parent of its trunk. */
const status = sql`coalesce((
  select case when q.status = 'ACTIVE' and p.admin_state_up then 'ACTIVE' else 'DOWN' end
  from subports u join trunks k on k.id = u.trunk_id join ports q on q.id = k.port_id where u.port_id = p.id), p.status)`;

/**
 * How ports (`p`, their addresses in the order of their texts as in neutron) and their networks (`n`) are read. Lists are
 * made as `json` out of arrays: `jsonb` and its aggregates would be built and taken apart again for each row.
 */
export const portTable = resourceTable(Port, {
  alias: 'p',
  joins: withNetworks,
  columns: {
    status,
    // What a host reads of it is the profile (neutron: PortTrustedDbMixin).
    binding_profile: sql`case when p.trusted is null then p.binding_profile
      else p.binding_profile || jsonb_build_object('trusted', p.trusted) end`,
    qos_network_policy_id: sql`n.qos_policy_id`,
    trunk_details: sql`(
      select jsonb_build_object('trunk_id', k.id, 'sub_ports', coalesce((
        select jsonb_agg(jsonb_build_object('port_id', u.port_id, 'segmentation_type', u.segmentation_type,
          'segmentation_id', u.segmentation_id, 'mac_address', q.mac_address) order by u.position)
        from subports u join ports q on q.id = u.port_id where u.trunk_id = k.id), '[]'::jsonb))
      from trunks k where k.port_id = p.id)`,
    fixed_ips: sql`array_to_json(array(
      select json_build_object('subnet_id', a.subnet_id, 'ip_address', host(a.ip_address))
      from ${allocations} order by host(a.ip_address) collate "C", a.subnet_id))`,
    security_groups: sql`array_to_json(array(
      select s.security_group_id from port_security_groups s where s.port_id = p.id order by s.security_group_id))`,
  },
  sortKeys: { status },
  filters: {
    status: expressionFilter(status),
    fixed_ip_address: (values) => {
      const addresses = values.flatMap((value) => {
        const address = parseAddress(value);
        return address === null ? [] : [formatAddress(address)];
      });
      return sql<boolean>`exists (select 1 from ${allocations} and a.ip_address = any(${addresses}::text[]::inet[]))`;
    },
    security_groups: (values) =>
      sql<boolean>`exists (select 1 from port_security_groups s
        where s.port_id = p.id and s.security_group_id = any(${[...values]}::text[]))`,
    fixed_ip_subnet_id: (values) =>
      sql<boolean>`exists (select 1 from ${allocations} and a.subnet_id = any(${[...values]}::text[]))`,
    fixed_ip_substring: (values) => {
      const patterns = values.map((value) => `%${literal(value)}%`);
      return sql<boolean>`exists (select 1 from ${allocations} and host(a.ip_address) like any(${patterns}::text[]))`;
    },
  },
});
