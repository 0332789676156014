import { sql } from 'kysely';
import { Subnet } from '#libs/contracts';
import { booleanFilter } from '../../listing/filters.js';
import { resourceTable } from '../../resources/resource-table.js';

// Without a join: for a page of subnets that may read all networks.
const shared = sql`(select e.shared from networks e where e.id = s.network_id)`;
const external = sql`(select e.router_external from networks e where e.id = s.network_id)`;

/** How subnets (`s`) are read. */
export const subnetTable = resourceTable(Subnet, {
  alias: 's',
  columns: { router_external: external },
  filters: { shared: booleanFilter('shared', shared), router_external: booleanFilter('router_external', external) },
  // In the order of the addresses, not of their texts.
  sortKeys: { cidr: sql`s.cidr` },
});
