import { sql } from 'kysely';
import type { Queries } from '../store.js';

/** As autovacuum's defaults: this many dead rows, plus this fraction of the live rows. */
const LEAST_DEAD_ROWS = 50;
const DEAD_PART = 0.2;
/** With --ephemeral the write-ahead log is in memory. */
const MOST_LOG_BYTES = 4 * 1024 * 1024;

export interface Tended {
  /** The tables that were vacuumed. */
  readonly tables: readonly string[];
  readonly checkpoint: boolean;
}

/**
 * Does for the embedded database the work of a PostgreSQL server's background processes, which PGlite lacks. It vacuums
 * tables with many dead rows, so that their space is reused. It writes a checkpoint when a segment of the log is full,
 * so that old segments are removed. Each step is a statement of its own, so that other queries run in between.
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

/** The catalogs in which a backend looks up names and statistics, and caches that a look-up found nothing. */
const LOOKED_UP = ['pg_statistic', 'pg_type', 'pg_attribute', 'pg_class'];

/**
 * Makes the single backend drop what it has cached about deleted tables. PostgreSQL caches that a catalog look-up found
 * nothing, 40 kB for the tables of each snapshot, as long as the backend lives. Rewriting a catalog clears this cache.
 * The files of dropped tables exist, and stay known by name, until a checkpoint.
 */
export async function forgetDroppedTables(db: Queries): Promise<void> {
  for (const name of LOOKED_UP) await sql`vacuum full ${sql.raw(name)}`.execute(db);
  await sql`checkpoint`.execute(db);
}
