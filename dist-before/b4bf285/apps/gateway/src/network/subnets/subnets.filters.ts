import { filterTable } from '../query/filters.js';

export const subnetFilters = filterTable({
  text: ['network_id', 'cidr', 'gateway_ip', 'ipv6_ra_mode', 'ipv6_address_mode'],
  boolean: ['enable_dhcp'],
  integer: ['ip_version'],
});
