import { sql } from 'kysely';
import type { ListDefinition } from '../../listing/list-definition.js';
import { standardList } from '../standard-list.js';
import { networkColumns } from './network-columns.js';

export const networkList: ListDefinition = {
  from: sql`networks n`,
  select: networkColumns,
  id: sql`n.id`,
  ...standardList('n', {
    texts: ['status', 'dns_domain', 'provider_network_type', 'provider_physical_network'],
    booleans: ['admin_state_up', 'shared', 'router_external', 'is_default', 'port_security_enabled'],
    integers: ['mtu', 'provider_segmentation_id'],
  }),
  defaultSort: [{ key: 'id', dir: 'asc' }],
};
