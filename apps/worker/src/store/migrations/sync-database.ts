import { sql } from 'kysely';
import { useBusinessTime } from '../business-time.js';
import { StoreError } from '../store.errors.js';
import type { Queries, Store } from '../store.js';
import { migrations as allMigrations } from './index.js';
import type { Migration, MigrationDatabase } from './migration.js';

/** Any fixed number: it identifies the schema among the advisory locks of a database. */
const SCHEMA_LOCK = 4_119_870_532;

export interface DatabaseVersion {
  /** The name of the last executed migration; null in an empty database. */
  readonly current: string | null;
  /** The name of the last migration that this program contains. */
  readonly expected: string;
  readonly pending: readonly string[];
  /** Migrations of a later release: they only expand, so this program keeps working. */
  readonly unknown: readonly string[];
}

/**
 * Brings the schema up to date and returns the names of the migrations that ran. Several processes may call it at once:
 * one runs them, the others wait and find nothing to do. All migrations run in one transaction.
 */
export async function syncDatabase(store: Store, migrations: readonly Migration[] = allMigrations): Promise<string[]> {
  return store.transaction(
    async (tx) => {
      await sql`select pg_advisory_xact_lock(${SCHEMA_LOCK}::bigint)`.execute(tx);
      await sql`
        create table if not exists schema_migrations (
          name text primary key,
          applied_at timestamptz not null default now()
        )`.execute(tx);
      const applied = new Set(await appliedMigrations(tx));
      const pending = migrations.filter((migration) => !applied.has(migration.name));
      for (const migration of pending) {
        await migration.up(tx.withTables<Record<string, Record<string, unknown>>>() as MigrationDatabase);
        await sql`insert into schema_migrations (name) values (${migration.name})`.execute(tx);
      }
      if (pending.length > 0) await useBusinessTime(tx);
      return pending.map((migration) => migration.name);
    },
    { name: 'sync-database' },
  );
}

/** The migrations in the database, and those that this program would add. */
export async function databaseVersion(
  store: Store,
  migrations: readonly Migration[] = allMigrations,
): Promise<DatabaseVersion> {
  const found = await sql<{ there: boolean }>`select to_regclass('schema_migrations') is not null as there`.execute(
    store.db,
  );
  const applied = found.rows[0]?.there === true ? await appliedMigrations(store.db) : [];
  const known = migrations.map((migration) => migration.name);
  const unknown = applied.filter((name) => !known.includes(name));
  return {
    // Several of one day run in the order of the list, not in the order of their names.
    current: unknown.at(-1) ?? known.findLast((name) => applied.includes(name)) ?? null,
    expected: known.at(-1) ?? '',
    pending: known.filter((name) => !applied.includes(name)),
    unknown,
  };
}

/** Error SchemaMissing if the schema is older than this program; a newer one is accepted. */
export async function requireSchema(store: Store): Promise<void> {
  const version = await databaseVersion(store);
  if (version.pending.length === 0) return;
  throw new StoreError(
    'SchemaMissing',
    `the database is at ${version.current ?? 'no version'}, this program needs ${version.expected}: run "albireo-manage db sync"`,
  );
}

async function appliedMigrations(db: Queries): Promise<string[]> {
  const rows = await sql<{ name: string }>`select name from schema_migrations order by name`.execute(db);
  return rows.rows.map((row) => row.name);
}
