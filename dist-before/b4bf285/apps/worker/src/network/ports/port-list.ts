import { sql } from 'kysely';
import { textFilter } from '../../listing/filters.js';
import type { ListDefinition } from '../../listing/list-definition.js';
import { formatAddress, parseAddress } from '../ipam/address.js';
import { normalizeMac } from '../ipam/mac-address.js';
import { standardList } from '../standard-list.js';
import { portColumns } from './port-columns.js';

const standard = standardList('p', {
  texts: [
    'network_id',
    'mac_address',
    'status',
    'device_id',
    'device_owner',
    'binding_host_id',
    'binding_vnic_type',
    'binding_vif_type',
    'dns_name',
  ],
  booleans: ['admin_state_up', 'port_security_enabled'],
  integers: [],
});

const macFilter = textFilter('p.mac_address');

export const portList: ListDefinition = {
  from: sql`ports p join networks n on n.id = p.network_id`,
  select: portColumns,
  id: sql`p.id`,
  filters: {
    ...standard.filters,
    mac_address: (values) => macFilter(values.map((value) => normalizeMac(value) ?? value)),
    fixed_ip_address: (values) => {
      const addresses = values.flatMap((value) => {
        const address = parseAddress(value);
        return address === null ? [] : [formatAddress(address)];
      });
      return sql<boolean>`exists (
        select 1 from ip_allocations a where a.port_id = p.id and a.ip_address = any(${addresses}::text[]::inet[]))`;
    },
    fixed_ip_subnet_id: (values) => sql<boolean>`exists (
      select 1 from ip_allocations a where a.port_id = p.id and a.subnet_id = any(${[...values]}::text[]))`,
  },
  sortKeys: standard.sortKeys,
  defaultSort: [{ key: 'id', dir: 'asc' }],
};
