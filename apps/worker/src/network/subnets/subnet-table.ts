import { sql } from 'kysely';
import { Subnet } from '#libs/contracts';
import { booleanFilter, expressionFilter } from '../../listing/filters.js';
import { resourceTable } from '../../resources/resource-table.js';

const noPool = sql`null::text`;

/** How subnets (`s`) and their networks (`n`) are read. */
export const subnetTable = resourceTable(Subnet, {
  alias: 's',
  joins: sql`join networks n on n.id = s.network_id`,
  filters: { shared: booleanFilter('n.shared'), subnetpool_id: expressionFilter(noPool) },
  // In the order of the addresses, not of their texts.
  sortKeys: { cidr: sql`s.cidr` },
});
