import { sql } from 'kysely';
import type { SubnetData } from '#libs/contracts';
import { Subnet } from '#libs/contracts';
import type { Queries } from '../../store/index.js';
import { booleanFilter } from '../../listing/filters.js';
import { resourceTable } from '../../resources/resource-table.js';

/** The subnets of a network, the oldest first: the order in which addresses are searched. */
export async function subnetsOf(db: Queries, networkId: string): Promise<readonly SubnetData[]> {
  const result = await sql<SubnetData>`
    select ${subnetTable.select} from subnets s where s.network_id = ${networkId} order by s.created_at, s.id`.execute(
    db,
  );
  return result.rows;
}

/** One subnet by its id; locks as in findNetwork. */
export async function findSubnet(
  db: Queries,
  id: string,
  lock: 'none' | 'change' | 'remove' = 'none',
): Promise<SubnetData | null> {
  const clauses = { none: sql``, change: sql`for no key update of s`, remove: sql`for update of s` };
  const result = await sql<SubnetData>`
    select ${subnetTable.select} from subnets s where s.id = ${id} ${clauses[lock]}`.execute(db);
  return result.rows[0] ?? null;
}

// Without a join, which might read all networks for a page of subnets.
const shared = sql`(select e.shared from networks e where e.id = s.network_id)`;
const external = sql`(select e.router_external from networks e where e.id = s.network_id)`;

/** How subnets (`s`) are read. */
export const subnetTable = resourceTable(Subnet, {
  alias: 's',
  columns: { router_external: external },
  filters: { shared: booleanFilter('shared', shared), router_external: booleanFilter('router_external', external) },
  // Sorted by address, not by text.
  sortKeys: { cidr: sql`s.cidr` },
});
