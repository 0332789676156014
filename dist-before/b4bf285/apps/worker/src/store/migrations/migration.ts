import type { Kysely } from 'kysely';

/** The database as a migration sees it: untyped, since the types describe what the last migration leaves behind. */
export type MigrationDatabase = Kysely<Record<string, Record<string, unknown>>>;

/**
 * One step of the schema. It only expands (new tables, new columns that are null or have a default, new indexes), so
 * that workers of the release before go on running on it; what it makes superfluous is removed one release later.
 * A migration that was released never changes.
 */
export interface Migration {
  /** `NNNN-subject`, in order. */
  readonly name: string;
  up(db: MigrationDatabase): Promise<void>;
}
