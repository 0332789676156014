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
/** SQLSTATE of a lock timeout. */
const LOCK_NOT_AVAILABLE = '55P03';

export interface Schema {
  /** The last migration. */
  readonly version: string;
  readonly tables: readonly StateTable[];
}

const schemaOf = (name: string): string => `"${PREFIX}${name}"`;
/** The table with one entry per table that had rows: its name, and the rows as text. */
const keptIn = (schema: string): string => `${schema}."${KEPT}"`;

/** Copies all rows into a schema of the snapshot. Creating one table per table would take most of the time. */
export async function copyState(tx: Transaction, name: string, version: string): Promise<SnapshotData> {
  if ((await listSnapshots(tx)).some((snapshot) => snapshot.name === name)) {
    throw new SnapshotError('SnapshotExists', `a snapshot is named ${name} already`);
  }
  const schema = schemaOf(name);
  const filled = await writtenTables(tx);
  await runBlock(tx, [
    `create schema ${schema};`,
    `create table ${keptIn(schema)} (name text not null, rows text[] not null);`,
    // Rows are many and short, and read as a whole: compressing them would cost more time than it saves.
    `alter table ${keptIn(schema)} alter column rows set storage external;`,
    // Tables without an entry were empty.
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

/** The result of a restore. */
export interface Restored {
  /** The number of times the state has been replaced. */
  readonly epoch: number;
  /** Unique ids of the casts that wait in its outbox. */
  readonly waiting: ReadonlySet<string>;
}

/** Replaces the whole state with that of the snapshot. Waits for transactions of other processes, at most 2 s. */
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
      // The subselect with its offset keeps each row from being parsed again for each of its fields.
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
  // A newer version of the clock than any that processes have received; otherwise they would keep the later offset.
  await moveClock(tx, (await readClock(tx)).offset_ms, version);
  // A handler of the earlier state that still runs has an older claim; no handler holds its message now.
  await sql`
    update consumed_messages
    set state = 'failed', attempts = attempts + 1, reason = 'the state was restored from a snapshot'
    where state = 'running'`.execute(tx);
  // They are sent again as part of this state; copies on their way are dropped.
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

/** Locks out all transactions behind the fence of any process that begin before this one has ended. */
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
 * Statements that disable and enable triggers: the rows of a whole state already contain the triggers' effects. A
 * superuser, which the embedded database uses, also skips the foreign key checks, which are half the work.
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
 * Image stores are not restored with the database. Objects that the restored state does not know are deleted by the
 * next sweep, once their writers have ended; objects that another snapshot has are kept.
 */
function lettingGoOfObjects(schema: string | undefined): string[] {
  const doom = `update "${OBJECTS}" set state = 'doomed', lease_until = null where state <> 'writing';`;
  if (schema === undefined) return [doom];
  const keys = `select (unnest(rows)::"${OBJECTS}").key from ${keptIn(schema)} where name = '${OBJECTS}'`;
  return [`delete from "${OBJECTS}" where key in (${keys});`, doom];
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

/** Runs many statements in one round trip. All names in them are quoted, and none comes from a user unchecked. */
async function runBlock(tx: Transaction, statements: readonly string[]): Promise<void> {
  await sql.raw(`do $albireo$ begin ${statements.join('\n')} end $albireo$`).execute(tx);
}
