import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { ClockState } from '#libs/simulation';
import type { Queries } from './store.js';
import type { Transaction } from './transaction.js';

/** Time that no user sees: messages on their way, leases, executed migrations. It follows the machine's clock. */
export const MACHINE_TIME = {
  tables: ['outbox', 'consumed_messages', 'schema_migrations'],
  columns: ['lease_until', 'due_at'],
} as const;

/** The single row that every move of the clock locks. */
export async function readClock(db: Queries): Promise<ClockState> {
  const row = await db.selectFrom('clock_state').select(['offset_ms', 'version']).executeTakeFirst();
  return row ?? { offset_ms: 0, version: 0 };
}

/**
 * Sets the offset for every statement after the commit. The new version is higher than `after` and than any earlier
 * version.
 */
export async function moveClock(tx: Transaction, offsetMs: number, after = 0): Promise<ClockState> {
  const { rows } = await sql<ClockState>`
    update clock_state set offset_ms = ${offsetMs}, version = greatest(version, ${after}) + 1
    returning offset_ms, version`.execute(tx);
  const [moved] = rows;
  if (moved === undefined) throw new TypeError('the table clock_state has no row');
  await defineOffset(tx, offsetMs);
  return moved;
}

/**
 * Defines the one function that returns all business time. The offset is a constant in its text instead of a table
 * look-up. The database therefore inlines it, and plans every statement again when it changes.
 *
 * @param offsetMs whole milliseconds
 */
export async function defineOffset<T>(db: Kysely<T>, offsetMs: number): Promise<void> {
  const body = sql.lit(`select interval '${Math.trunc(offsetMs)} milliseconds'`);
  // Not immutable: otherwise plans would contain the offset as a constant, and nothing would invalidate them.
  await sql`
    create or replace function business_offset() returns interval language sql stable as ${body}`.execute(db);
}

/**
 * Makes business time the default of all columns whose default is the current time, whichever migration created them.
 */
export async function useBusinessTime(tx: Transaction): Promise<void> {
  const tables = MACHINE_TIME.tables.map((name) => sql.lit(name));
  const columns = MACHINE_TIME.columns.map((name) => sql.lit(name));
  await sql`
    do $albireo$
    declare found record;
    begin
      if to_regproc('business_now') is null then return; end if;
      for found in
        select c.relname as table_name, a.attname as column_name, pg_get_expr(d.adbin, d.adrelid) as value
        from pg_attrdef d join pg_class c on c.oid = d.adrelid
          join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
        where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
          and c.relname not in (${sql.join(tables)}) and a.attname not in (${sql.join(columns)})
          and pg_get_expr(d.adbin, d.adrelid) in ('now()', 'clock_timestamp()', 'CURRENT_DATE')
      loop
        execute format('alter table %I alter column %I set default %s', found.table_name, found.column_name,
          case found.value when 'now()' then 'business_now()' when 'clock_timestamp()' then 'business_clock()'
            else 'business_now()::date' end);
      end loop;
    end $albireo$`.execute(tx);
}
