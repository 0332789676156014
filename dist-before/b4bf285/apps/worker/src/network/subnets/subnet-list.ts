import { sql } from 'kysely';
import { expressionFilter } from '../../listing/filters.js';
import type { ListDefinition } from '../../listing/list-definition.js';
import { formatAddress, parseAddress } from '../ipam/address.js';
import { formatCidr, parseCidr } from '../ipam/cidr.js';
import { standardList } from '../standard-list.js';
import { subnetColumns } from './subnet-columns.js';

const standard = standardList('s', {
  texts: ['network_id', 'ipv6_ra_mode', 'ipv6_address_mode'],
  booleans: ['enable_dhcp'],
  integers: ['ip_version'],
});

const cidrText = expressionFilter(sql`s.cidr::text`);
const gatewayText = expressionFilter(sql`host(s.gateway_ip)`);

export const subnetList: ListDefinition = {
  from: sql`subnets s join networks n on n.id = s.network_id`,
  select: subnetColumns,
  id: sql`s.id`,
  filters: {
    ...standard.filters,
    cidr: (values) => cidrText(values.map(normalCidr)),
    gateway_ip: (values) => gatewayText(values.map(normalAddress)),
  },
  sortKeys: { ...standard.sortKeys, cidr: sql`s.cidr`, gateway_ip: sql`coalesce(host(s.gateway_ip), '')` },
  defaultSort: [{ key: 'id', dir: 'asc' }],
};

/** The stored spelling, so that others of the same IPv6 network find it. */
function normalCidr(text: string): string {
  const cidr = parseCidr(text);
  return cidr === null ? text : formatCidr(cidr);
}

function normalAddress(text: string): string {
  const address = parseAddress(text);
  return address === null ? text : formatAddress(address);
}
