import type { Kysely } from 'kysely';

/** The database in a migration: untyped, since the types describe the schema after the last migration. */
export type MigrationDatabase = Kysely<Record<string, Record<string, unknown>>>;

/**
 * One step of the schema. It only expands (new tables, new columns that are null or have a default, new indexes), so
 * that workers of the previous release keep working on it. Parts that it makes superfluous are removed one release
 * later. A released migration never changes.
 */
export interface Migration {
  /**
   * `YYYYMMDD-subject`, the day it was written (the first six are numbered); several of one day run in the order of the
   * list.
   */
  readonly name: string;
  up(db: MigrationDatabase): Promise<void>;
}
