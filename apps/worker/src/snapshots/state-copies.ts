import { sql } from 'kysely';
import type { SnapshotData } from '#libs/contracts';
import type { Queries, Transaction } from '../store/index.js';
import { DatabaseUnavailable, moveClock, readClock, sqlState } from '../store/index.js';
import { KEPT, PREFIX } from './held-objects.js';
import { SnapshotError } from './snapshot.errors.js';
import { EPOCH_HEADER } from './state-fence.js';
import { writtenTables } from './state-tables.js';
import type { StateTable } from './state-tables.js';

const OBJECTS = 'image_objects';

/** How long a restore waits for transactions of other processes. */
const PATIENCE_MS = 2_000;
/** SQLSTATE of a lock that was not had in time. */
const LOCK_NOT_AVAILABLE = '55P03';

export interface Schema {
  /** The last migration. */
  readonly version: string;
  readonly tables: readonly StateTable[];
}

const schemaOf = (name: string): string => `"${PREFIX}${name}"`;
/** For each table that had rows its name and those, as text. */
const keptIn = (schema: string): string => `${schema}."${KEPT}"`;

/** Copies all rows into a schema of the snapshot's own. A table of its own for each table would take most of the time. */
export async function copyState(tx: Transaction, name: string, version: string): Promise<SnapshotData> {
  if ((await listSnapshots(tx)).some((snapshot) => snapshot.name === name)) {
    throw new SnapshotError('SnapshotExists', `a snapshot is named ${name} already`);
  }
  const schema = schemaOf(name);
  const filled = await writtenTables(tx);
  await runBlock(tx, [
    `create schema ${schema};`,
    `create table ${keptIn(schema)} (name text not null, rows text[] not null);`,
    // Rows are many and short, and read as a whole: packed, they would take longer than they are smaller.
    `alter table ${keptIn(schema)} alter column rows set storage external;`,
    // What has no rows was empty.
    ...filled.map(
      (table) => `insert into ${keptIn(schema)}
        select '${table}', array_agg(whole_row::text) from "${table}" as whole_row having count(*) > 0;`,
    ),
  ]);
  const { rows: facts } = await sql<{ at: string; rows: number }>`
    select clock_timestamp() as at, coalesce(sum(cardinality(rows)), 0)::integer as rows
    from ${sql.raw(keptIn(schema))}`.execute(tx);
  const snapshot: SnapshotData = { name, created_at: facts[0]?.at ?? '', version, rows: facts[0]?.rows ?? 0 };
  const comment = sql.lit(JSON.stringify(snapshot));
  await sql`comment on schema ${sql.raw(schema)} is ${comment}`.execute(tx);
  return snapshot;
}

/** What became of the state. */
export interface Restored {
  /** How often it was replaced by now. */
  readonly epoch: number;
  /** Unique ids of the casts that wait in its outbox. */
  readonly waiting: ReadonlySet<string>;
}

/** Replaces the whole state by that of the snapshot. Transactions of other processes are waited for, at most 2 s. */
export async function bringBack(tx: Transaction, name: string, { tables }: Schema): Promise<Restored> {
  const schema = schemaOf(name);
  const epoch = await nextEpoch(tx);
  const { version } = await readClock(tx);
  const copied = await keptTables(tx, name, schema);
  const names = tables.map((table) => `"${table.name}"`).toSorted();
  const deletions = tables.toReversed().flatMap((table) => {
    if (table.name === OBJECTS) return lettingGoOfObjects(copied.has(OBJECTS) ? schema : undefined);
    return [`delete from "${table.name}";`];
  });
  const insertions = tables
    .filter((table) => copied.has(table.name))
    .map(({ name: table, columns }) => {
      const list = columns.join(', ');
      const fields = columns.map((column) => `(one.whole_row).${column}`).join(', ');
      // The subselect with its offset keeps a row from being read anew for each of its fields.
      return `insert into "${table}" (${list}) overriding system value select ${fields}
        from (select unnest(rows)::"${table}" as whole_row from ${keptIn(schema)} where name = '${table}' offset 0) as one;`;
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
  // They are sent anew, as of this state; copies that were on their way are not.
  const waiting = await sql<{ id: string }>`
    update outbox
    set due_at = now(), message = jsonb_set(message, array['headers', ${EPOCH_HEADER}], to_jsonb(${epoch}::text))
    returning unique_id as id`.execute(tx);
  return { epoch, waiting: new Set(waiting.rows.map(({ id }) => id)) };
}

async function keptTables(tx: Transaction, name: string, schema: string): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ known: boolean }>`select to_regclass(${keptIn(schema)}) is not null as known`.execute(
    tx,
  );
  if (rows[0]?.known !== true) {
    throw new SnapshotError('SnapshotRefused', `snapshot ${name} is of a form that was left: make it anew`);
  }
  const kept = await sql<{ name: string }>`select name from ${sql.raw(keptIn(schema))}`.execute(tx);
  return new Set(kept.rows.map((table) => table.name));
}

/** Keeps out all transactions that begin behind the fence of any process until this one has ended. */
async function nextEpoch(tx: Transaction): Promise<number> {
  await sql`set local lock_timeout = ${sql.lit(PATIENCE_MS)}`.execute(tx);
  try {
    await sql`lock table state_epoch in access exclusive mode`.execute(tx);
  } catch (error) {
    const cause = error instanceof DatabaseUnavailable ? error.cause : error;
    if (sqlState(cause) !== LOCK_NOT_AVAILABLE) throw error;
    throw new SnapshotError('SnapshotRefused', 'a transaction of a worker has run for longer than 2 s: try it again');
  }
  const { rows } = await sql<{ epoch: number }>`
    update state_epoch set epoch = epoch + 1 returning epoch`.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new TypeError('the table state_epoch has no row');
  return row.epoch;
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
  const keys = `select (unnest(rows)::"${OBJECTS}").key from ${keptIn(schema ?? '')} where name = '${OBJECTS}'`;
  const doom = `update "${OBJECTS}" set state = 'doomed', lease_until = null where state <> 'writing';`;
  return schema === undefined ? [doom] : [`delete from "${OBJECTS}" where key in (${keys});`, doom];
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
