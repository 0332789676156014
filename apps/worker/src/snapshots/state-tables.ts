import { sql } from 'kysely';
import type { Queries } from '../store/index.js';

/** A table whose rows belong to the state. */
export interface StateTable {
  readonly name: string;
  /** The columns that can be written, quoted. */
  readonly columns: readonly string[];
  /** Whether triggers run on its inserts, as for a network's first segment; a restore inserts their rows itself. */
  readonly triggers: boolean;
}

/** The executed migrations are not state; the number of restores is about the state. */
const NOT_STATE: ReadonlySet<string> = new Set(['schema_migrations', 'state_epoch']);

/** Names of the tables that have ever been written to; all others are certainly empty. */
export async function writtenTables(db: Queries): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relkind = 'r' and relnamespace = current_schema()::regnamespace and pg_relation_size(oid) > 0
    order by relname`.execute(db);
  return rows.map(({ name }) => name).filter((name) => !NOT_STATE.has(name));
}

/** All tables of the schema; each comes after the tables to which it refers. */
export async function stateTables(db: Queries): Promise<StateTable[]> {
  const tables = await sql<StateTable>`
    select c.relname as name,
      exists (select 1 from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal) as triggers, array_agg(quote_ident(a.attname) order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
      and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    group by c.oid, c.relname order by c.relname`.execute(db);
  const references = await sql<{ from: string; to: string }>`
    select f.relname as "from", t.relname as "to"
    from pg_constraint k join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
    where k.contype = 'f' and k.connamespace = current_schema()::regnamespace
      and k.conrelid <> k.confrelid`.execute(db);
  const state = tables.rows.filter(({ name }) => !NOT_STATE.has(name));
  return inOrder(state, references.rows);
}

/** Throws if tables refer to each other in a cycle. */
export function inOrder<T extends { readonly name: string }>(
  tables: readonly T[],
  references: readonly { readonly from: string; readonly to: string }[],
): T[] {
  const ordered: T[] = [];
  const done = new Set<string>();
  let left = [...tables];
  while (left.length > 0) {
    const names = new Set(left.map(({ name }) => name));
    const next = left.filter(({ name }) => !references.some(({ from, to }) => from === name && names.has(to)));
    if (next.length === 0) throw new Error(`tables refer to each other in a circle: ${[...names].join(', ')}`);
    ordered.push(...next);
    for (const { name } of next) done.add(name);
    left = left.filter(({ name }) => !done.has(name));
  }
  return ordered;
}
