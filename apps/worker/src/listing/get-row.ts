import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Queries } from '../store/index.js';
import type { ListDefinition } from './list-definition.js';
import { readRows } from './read-rows.js';

/** One row of a kind by its id; null when there is none or the caller may not see it. */
export async function getRow<Row extends object>(
  db: Queries,
  definition: ListDefinition,
  visible: RawBuilder<boolean>,
  id: string,
): Promise<Row | null> {
  const [row] = await readRows<Row>(db, definition, sql`where ${definition.id} = ${id} and ${visible}`);
  return row ?? null;
}
