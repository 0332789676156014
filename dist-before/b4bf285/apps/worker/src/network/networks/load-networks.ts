import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { NetworkData } from '#libs/contracts';
import type { Queries } from '../../store/index.js';
import { networkColumns } from './network-columns.js';

/** Networks that fulfil a condition on `n`, the oldest first. */
export async function loadNetworks(db: Queries, condition: RawBuilder<boolean>): Promise<readonly NetworkData[]> {
  const result = await sql<NetworkData>`
    select ${networkColumns} from networks n where ${condition} order by n.created_at, n.id`.execute(db);
  return result.rows;
}

/**
 * One network by its id. `change` keeps others from changing it until the transaction ends; `remove` also keeps new
 * subnets and ports from referring to it.
 */
export async function findNetwork(
  db: Queries,
  id: string,
  lock: 'none' | 'change' | 'remove' = 'none',
): Promise<NetworkData | null> {
  const clauses = { none: sql``, change: sql`for no key update of n`, remove: sql`for update of n` };
  const result = await sql<NetworkData>`
    select ${networkColumns} from networks n where n.id = ${id} ${clauses[lock]}`.execute(db);
  return result.rows[0] ?? null;
}
