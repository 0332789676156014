import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Queries } from '../store/index.js';
import type { ListDefinition } from './list-definition.js';

/** One row of a kind by its id; null when there is none or the caller may not see it. */
export async function getRow<Row extends object>(
  db: Queries,
  definition: ListDefinition,
  visible: RawBuilder<boolean>,
  id: string,
): Promise<Row | null> {
  const { from, select, id: column } = definition;
  const result = await sql<Row>`select ${select} from ${from} where ${column} = ${id} and ${visible}`.execute(db);
  return result.rows[0] ?? null;
}
