import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Queries } from '../store/index.js';
import type { ListDefinition } from './list-definition.js';
import { runsEmbedded } from '../store/index.js';
import { isoTimestamp } from '../store/timestamp.js';

/** One row of a kind by its id; null if it does not exist or the caller may not see it. */
export async function getRow<Row extends object>(
  db: Queries,
  definition: ListDefinition,
  visible: RawBuilder<boolean>,
  id: string,
): Promise<Row | null> {
  const [row] = await readRows<Row>(db, definition, sql`where ${definition.id} = ${id} and ${visible}`);
  return row ?? null;
}

/**
 * Rows of a kind; `clauses` is the SQL after FROM, including an order, which documents keep. With PGlite, one document
 * per row costs a third less than one value per field; with a server it would cost half as much again.
 */
export async function readRows<Row extends object>(
  db: Queries,
  { from, select, times }: Pick<ListDefinition, 'from' | 'select' | 'times'>,
  clauses: RawBuilder<unknown>,
): Promise<readonly Row[]> {
  const rows = sql<Row>`select ${select} from ${from} ${clauses}`;
  if (times === undefined || !runsEmbedded(db)) return (await rows.execute(db)).rows;
  const documents = await sql<{ row: Row }>`select to_json(r) as row from (${rows}) r`.execute(db);
  return documents.rows.map(({ row }) => {
    for (const field of times) {
      const time: unknown = Reflect.get(row, field);
      if (typeof time === 'string') Reflect.set(row, field, isoTimestamp(time));
    }
    return row;
  });
}
