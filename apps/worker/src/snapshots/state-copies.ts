import { sql } from 'kysely';
import type { Queries, Transaction } from '../store/index.js';
import { moveClock, readClock } from '../store/index.js';
import { PREFIX } from './held-objects.js';
import { SnapshotError } from './snapshot.errors.js';
import type { StateTable } from './state-tables.js';

const OBJECTS = 'image_objects';

export interface SnapshotData {
  readonly name: string;
  readonly created_at: string;
  /** The last migration of the program that made it. */
  readonly version: string;
  readonly rows: number;
}

export interface Schema {
  /** The last migration. */
  readonly version: string;
  readonly tables: readonly StateTable[];
}

const schemaOf = (name: string): string => `"${PREFIX}${name}"`;

export async function copyState(tx: Transaction, name: string, { version, tables }: Schema): Promise<SnapshotData> {
  if ((await listSnapshots(tx)).some((snapshot) => snapshot.name === name)) {
    throw new SnapshotError('SnapshotExists', `a snapshot is named ${name} already`);
  }
  const schema = schemaOf(name);
  // Most tables of a small cloud are empty: what has no copy was empty.
  const counts = await sql<{ name: string; rows: number }>`${sql.join(
    tables.map(
      (table) => sql`select ${table.name}::text as name, count(*)::integer as rows from ${sql.id(table.name)}`,
    ),
    sql` union all `,
  )}`.execute(tx);
  const filled = counts.rows.filter(({ rows }) => rows > 0);
  const copies = filled.map((table) => `create table ${schema}."${table.name}" as table "${table.name}";`);
  await runBlock(tx, [`create schema ${schema};`, ...copies]);
  const rows = filled.reduce((sum, table) => sum + table.rows, 0);
  const { rows: clock } = await sql<{ at: string }>`select clock_timestamp() as at`.execute(tx);
  const snapshot: SnapshotData = { name, created_at: clock[0]?.at ?? '', version, rows };
  const comment = sql.lit(JSON.stringify(snapshot));
  await sql`comment on schema ${sql.raw(schema)} is ${comment}`.execute(tx);
  return snapshot;
}

/**
 * Replaces the whole state by that of the snapshot. Answers the unique ids of the casts that wait in the restored outbox.
 */
export async function bringBack(tx: Transaction, name: string, { tables }: Schema): Promise<ReadonlySet<string>> {
  const schema = schemaOf(name);
  const { version } = await readClock(tx);
  const copies = await sql<{ name: string }>`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${PREFIX + name} and c.relkind = 'r'`.execute(tx);
  const copied = new Set(copies.rows.map((copy) => copy.name));
  const names = tables.map((table) => `"${table.name}"`).toSorted();
  const deletions = tables.toReversed().flatMap((table) => {
    if (table.name === OBJECTS) return lettingGoOfObjects(copied.has(OBJECTS) ? schema : undefined);
    return [`delete from "${table.name}";`];
  });
  const insertions = tables
    .filter((table) => copied.has(table.name))
    .map(({ name: table, columns }) => {
      const list = columns.join(', ');
      return `insert into "${table}" (${list}) overriding system value select ${list} from ${schema}."${table}";`;
    });
  const [silence, speech] = await withoutTriggers(tx, tables);
  await runBlock(tx, [
    `lock table ${names.join(', ')} in access exclusive mode;`,
    ...silence,
    ...deletions,
    ...insertions,
    ...speech,
  ]);
  // A newer version of the clock than any that processes have heard of, or they would keep the later offset.
  await moveClock(tx, (await readClock(tx)).offset_ms, version);
  // A handler of then that still runs has an older claim; nobody holds its message now.
  await sql`
    update consumed_messages
    set state = 'failed', attempts = attempts + 1, reason = 'the state was restored from a snapshot'
    where state = 'running'`.execute(tx);
  const waiting = await sql<{ id: string }>`
    update outbox set due_at = now() returning unique_id as id`.execute(tx);
  return new Set(waiting.rows.map(({ id }) => id));
}

/**
 * Statements that begin and end a time without triggers: the rows of a whole state have their consequences with them. A
 * superuser, as one is in the embedded database, need not have the references checked either, which is half the work.
 */
async function withoutTriggers(tx: Transaction, tables: readonly StateTable[]): Promise<[string[], string[]]> {
  const { rows } = await sql<{ all: boolean }>`select current_setting('is_superuser') = 'on' as "all"`.execute(tx);
  const setRole = (role: string): string[] => [`set local session_replication_role = ${role};`];
  if (rows[0]?.all === true) return [setRole('replica'), setRole('origin')];
  const silent = tables.filter(({ triggers }) => triggers);
  const setTriggers = (how: string): string[] =>
    silent.map((table) => `alter table "${table.name}" ${how} trigger user;`);
  return [setTriggers('disable'), setTriggers('enable')];
}

/**
 * What the image stores have is not put back with the database. Objects that the restored state does not know are
 * removed by the next sweep, once their writers are gone; those that another snapshot has stay with it.
 */
function lettingGoOfObjects(schema: string | undefined): string[] {
  const restored = schema === undefined ? '' : ` where key in (select key from ${schema}."${OBJECTS}")`;
  const doom = `update "${OBJECTS}" set state = 'doomed', lease_until = null where state <> 'writing';`;
  return schema === undefined ? [doom] : [`delete from "${OBJECTS}"${restored};`, doom];
}

export async function dropState(tx: Transaction, name: string): Promise<void> {
  await sql`drop schema ${sql.raw(schemaOf(name))} cascade`.execute(tx);
}

export async function listSnapshots(db: Queries): Promise<SnapshotData[]> {
  const found = await sql<{ text: string | null }>`
    select obj_description(oid, 'pg_namespace') as text from pg_namespace
    where starts_with(nspname, ${PREFIX}) order by nspname`.execute(db);
  return found.rows.map(({ text }) => JSON.parse(text ?? '{}') as SnapshotData);
}

/** Many statements in one round trip. The names in them are quoted, and none of them is a user's but a checked one. */
async function runBlock(tx: Transaction, statements: readonly string[]): Promise<void> {
  await sql.raw(`do $albireo$ begin ${statements.join('\n')} end $albireo$`).execute(tx);
}
