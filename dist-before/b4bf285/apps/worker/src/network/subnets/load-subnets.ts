import { sql } from 'kysely';
import type { SubnetData } from '#libs/contracts';
import type { Queries } from '../../store/index.js';
import { subnetColumns } from './subnet-columns.js';

/** The subnets of a network, the oldest first: the order in which addresses are looked for. */
export async function subnetsOf(db: Queries, networkId: string): Promise<readonly SubnetData[]> {
  const result = await sql<SubnetData>`
    select ${subnetColumns} from subnets s where s.network_id = ${networkId} order by s.created_at, s.id`.execute(db);
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
    select ${subnetColumns} from subnets s where s.id = ${id} ${clauses[lock]}`.execute(db);
  return result.rows[0] ?? null;
}
