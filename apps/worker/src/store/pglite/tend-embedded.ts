import { sql } from 'kysely';
import type { Queries } from '../store.js';

/** As autovacuum's defaults: so many dead rows, and this part of what lives. */
const LEAST_DEAD_ROWS = 50;
const DEAD_PART = 0.2;
/** With --ephemeral the write-ahead log lies in memory. */
const MOST_LOG_BYTES = 4 * 1024 * 1024;

export interface Tended {
  /** The tables that were vacuumed. */
  readonly tables: readonly string[];
  readonly checkpoint: boolean;
}

/**
 * Does for the embedded database what the processes beside a PostgreSQL server do and PGlite has not: vacuums tables of
 * which much is dead, so that their room is used again, and writes a checkpoint when a segment of the log is full, so that
 * old ones go. Each step is a statement of its own: others get their turn between them.
 */
export async function tendEmbedded(db: Queries): Promise<Tended> {
  const found = await sql<{ name: string }>`
    select relid::regclass::text as name from pg_stat_user_tables
    where n_dead_tup > ${LEAST_DEAD_ROWS} + ${DEAD_PART}::float8 * n_live_tup
    order by n_dead_tup desc`.execute(db);
  const tables = found.rows.map(({ name }) => name);
  for (const name of tables) await sql`vacuum (analyze) ${sql.raw(name)}`.execute(db);
  const log = await sql<{ bytes: string }>`
    select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::text as bytes from pg_control_checkpoint()`.execute(
    db,
  );
  const checkpoint = Number(log.rows[0]?.bytes ?? 0) > MOST_LOG_BYTES;
  if (checkpoint) await sql`checkpoint`.execute(db);
  return { tables, checkpoint };
}

/** Those in which a backend looks up names and statistics that are not there, and remembers that they are not. */
const LOOKED_UP = ['pg_statistic', 'pg_type', 'pg_attribute', 'pg_class'];

/**
 * Makes the one process forget what it knows of tables that are no more. PostgreSQL keeps in memory that something was not
 * found in a catalog, 40 kB for the tables of each snapshot, for as long as the backend lives: a catalog that is written
 * anew is the event at which it forgets. The files of dropped tables are there, and known by name, until a checkpoint.
 */
export async function forgetDroppedTables(db: Queries): Promise<void> {
  for (const name of LOOKED_UP) await sql`vacuum full ${sql.raw(name)}`.execute(db);
  await sql`checkpoint`.execute(db);
}
