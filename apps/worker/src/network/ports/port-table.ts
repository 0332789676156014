import { sql } from 'kysely';
import { Port } from '#libs/contracts';
import { resourceTable } from '../../resources/resource-table.js';
import { formatAddress, parseAddress } from '../ipam/address.js';

const allocations = sql`ip_allocations a where a.port_id = p.id`;

/** A text that LIKE takes literally. */
function literal(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}

/** How ports (`p`, their addresses in the order of their texts as in neutron) and their networks (`n`) are read. */
export const portTable = resourceTable(Port, {
  alias: 'p',
  joins: sql`join networks n on n.id = p.network_id`,
  columns: {
    qos_network_policy_id: sql`(select x.qos_policy_id from networks x where x.id = p.network_id)`,
    fixed_ips: sql`coalesce((
      select jsonb_agg(jsonb_build_object('subnet_id', a.subnet_id, 'ip_address', host(a.ip_address))
        order by host(a.ip_address) collate "C", a.subnet_id)
      from ${allocations}), '[]'::jsonb)`,
    security_groups: sql`coalesce((
      select jsonb_agg(s.security_group_id order by s.security_group_id)
      from port_security_groups s where s.port_id = p.id), '[]'::jsonb)`,
  },
  filters: {
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
