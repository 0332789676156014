import { sql } from 'kysely';
import { Subnet } from '#libs/contracts';
import { booleanFilter } from '../../listing/filters.js';
import { resourceTable } from '../../resources/resource-table.js';

/** How subnets (`s`) and their networks (`n`) are read. */
export const subnetTable = resourceTable(Subnet, {
  alias: 's',
  joins: sql`join networks n on n.id = s.network_id`,
  columns: { router_external: sql`(select e.router_external from networks e where e.id = s.network_id)` },
  filters: { shared: booleanFilter('n.shared'), router_external: booleanFilter('n.router_external') },
  // In the order of the addresses, not of their texts.
  sortKeys: { cidr: sql`s.cidr` },
});
