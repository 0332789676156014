import { PostgresAdapter, PostgresDialect } from 'kysely';
import type { Kysely } from 'kysely';

class EmbeddedAdapter extends PostgresAdapter {}

/** PostgreSQL's dialect in a class of its own, so that code can detect the embedded database. */
export class EmbeddedDialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new EmbeddedAdapter();
  }
}

/** Whether queries run in the embedded database; also for a transaction. */
export function runsEmbedded(db: Pick<Kysely<unknown>, 'getExecutor'>): boolean {
  return db.getExecutor().adapter instanceof EmbeddedAdapter;
}
