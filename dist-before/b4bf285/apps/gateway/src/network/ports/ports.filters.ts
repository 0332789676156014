import { filterTable } from '../query/filters.js';

export const portFilters = filterTable({
  text: [
    'network_id',
    'status',
    'device_id',
    'device_owner',
    'binding:host_id',
    'binding:vnic_type',
    'binding:vif_type',
  ],
  boolean: ['admin_state_up', 'port_security_enabled'],
  mac: ['mac_address'],
  fixed_ips: ['fixed_ips'],
});
