import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { PortData } from '#libs/contracts';
import type { Queries } from '../../store/index.js';
import { portColumns } from './port-columns.js';

/** Ports that fulfil a condition on `p`, the oldest first. */
export async function loadPorts(db: Queries, condition: RawBuilder<boolean>): Promise<readonly PortData[]> {
  const result = await sql<PortData>`
    select ${portColumns} from ports p where ${condition} order by p.created_at, p.id`.execute(db);
  return result.rows;
}

/** One port by its id; `lock` keeps others from changing it until the transaction ends. */
export async function findPort(db: Queries, id: string, lock = false): Promise<PortData | null> {
  const result = await sql<PortData>`
    select ${portColumns} from ports p where p.id = ${id} ${lock ? sql`for no key update of p` : sql``}`.execute(db);
  return result.rows[0] ?? null;
}
