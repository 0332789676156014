import { sql } from 'kysely';
import type { Queries } from '../store/index.js';

/** The prefix of snapshots' schemas. */
export const PREFIX = 'snapshot:';
/** The table in such a schema, see state-copies.ts. */
export const KEPT = 'kept_rows';

/** Which of the image objects a snapshot has: their data stays, even if the images are deleted. */
export async function heldObjects(db: Queries, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows: schemas } = await sql<{ name: string }>`
    select n.nspname as name from pg_namespace n join pg_class c on c.relnamespace = n.oid
    where starts_with(n.nspname, ${PREFIX}) and c.relname = ${KEPT}`.execute(db);
  if (schemas.length === 0) return new Set();
  const held = await sql<{ key: string }>`${sql.join(
    schemas.map(
      ({ name }) => sql`
        select (object).key from (
          select unnest(rows)::image_objects as object from ${sql.id(name, KEPT)} where name = 'image_objects' offset 0
        ) as one
        where (object).state in ('staged', 'stored') and (object).key = any(${[...keys]}::text[])`,
    ),
    sql` union `,
  )}`.execute(db);
  return new Set(held.rows.map(({ key }) => key));
}
