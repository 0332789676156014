import { sql } from 'kysely';
import { Port } from '#libs/contracts';
import { expressionFilter } from '../../listing/filters.js';
import { resourceTable } from '../../resources/resource-table.js';
import { formatAddress, parseAddress } from '../ipam/address.js';

const allocations = sql`ip_allocations a where a.port_id = p.id`;

/** Escapes a text for LIKE, so that it matches literally. */
function literal(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}

/** The join to the networks (`n`) of ports (`p`), in every FROM that reads ports. */
export const withNetworks = sql`join networks n on n.id = p.network_id`;

/** A subport is plugged together with the parent port of its trunk. */
const status = sql`coalesce((
  select case when q.status = 'ACTIVE' and p.admin_state_up then 'ACTIVE' else 'DOWN' end
  from subports u join trunks k on k.id = u.trunk_id join ports q on q.id = k.port_id where u.port_id = p.id), p.status)`;

/**
 * How ports (`p`, with addresses sorted by text as in neutron) and their networks (`n`) are read. Lists are built as
 * `json` from arrays: with `jsonb` and its aggregates, each row would be built and parsed again.
 */
export const portTable = resourceTable(Port, {
  alias: 'p',
  joins: withNetworks,
  columns: {
    status,
    // A host reads `trusted` from the profile (neutron: PortTrustedDbMixin).
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
