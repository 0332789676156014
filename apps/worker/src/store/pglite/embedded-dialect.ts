import { PostgresAdapter, PostgresDialect } from 'kysely';
import type { Kysely } from 'kysely';

class EmbeddedAdapter extends PostgresAdapter {}

/** PostgreSQL's dialect, by which queries can tell where they run. */
export class EmbeddedDialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new EmbeddedAdapter();
  }
}

/** Whether queries, of a transaction too, run in the embedded database. */
export function runsEmbedded(db: Pick<Kysely<unknown>, 'getExecutor'>): boolean {
  return db.getExecutor().adapter instanceof EmbeddedAdapter;
}
