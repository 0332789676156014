import { filterTable } from '../query/filters.js';

export const networkFilters = filterTable({
  text: ['status', 'provider:network_type', 'provider:physical_network'],
  boolean: ['admin_state_up', 'shared', 'router:external', 'is_default', 'port_security_enabled'],
  integer: ['mtu', 'provider:segmentation_id'],
});
