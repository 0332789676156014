import { sql } from 'kysely';
import { getLogger } from '#libs/telemetry';
import { businessClock, tellRestored } from '#libs/simulation';
import type { Queries, Store, Transaction } from '../store/index.js';
import { databaseVersion, moveClock, readClock } from '../store/index.js';
import type { Intake } from './intake.js';
import { PREFIX } from './held-objects.js';
import { SnapshotError } from './snapshot.errors.js';
import { stateTables } from './state-tables.js';
import type { StateTable } from './state-tables.js';

const log = getLogger('albireo.snapshots');

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
const OBJECTS = 'image_objects';
/** Deleted rows stay in the files until then; without it 300 restores nearly doubled the database. */
const VACUUM_EVERY = 50;

export interface SnapshotData {
  readonly name: string;
  readonly created_at: string;
  /** The last migration of the program that made it. */
  readonly version: string;
  readonly rows: number;
}

/** What a restore has to wake or to silence beside the database. */
export interface SnapshotSurroundings {
  readonly store: Store;
  readonly intake: Intake;
  /** `compute_driver`: only machines of the fake driver are rows. */
  readonly driver: string;
  /** Forgets casts that wait in memory. */
  discardOutbox(): void;
  /** Services report that they are alive: in the restored state they were so long ago. */
  report(): Promise<void>;
  /** Steps of open tasks are sent again, waiting casts are published. */
  wake(): Promise<void>;
}

interface Schema {
  /** The last migration. */
  readonly version: string;
  readonly tables: readonly StateTable[];
}

/**
 * Whole states of the cloud, each in a schema of its own in the same database. Ids from sequences are never given a
 * second time, so that nothing of a later state is taken for something of the restored one.
 */
export class Snapshots {
  readonly #surroundings: SnapshotSurroundings;
  #changes = 0;
  #known: Promise<Schema> | null = null;
  /** One at a time. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(surroundings: SnapshotSurroundings) {
    this.#surroundings = surroundings;
  }

  /** Errors: SnapshotNameInvalid, SnapshotExists, SnapshotRefused. */
  create(name: string): Promise<SnapshotData> {
    return this.#inTurn(async () => {
      this.#check(name);
      const { store } = this.#surroundings;
      const schema = await this.#schema();
      const made = await store.transaction((tx) => copyState(tx, name, schema), {
        name: 'snapshot-create',
        isolation: 'repeatable read',
      });
      await this.#sweep();
      return made;
    });
  }

  /** Puts everything back as it was. Errors: SnapshotNotFound, SnapshotRefused; then nothing has changed. */
  restore(name: string): Promise<SnapshotData> {
    return this.#inTurn(async () => {
      this.#check(name);
      const surroundings = this.#surroundings;
      const { store, intake } = surroundings;
      const snapshot = await this.#find(name);
      const schema = await this.#schema();
      if (snapshot.version !== schema.version) {
        throw new SnapshotError(
          'SnapshotRefused',
          `snapshot ${name} is of version ${snapshot.version}, the database is at ${schema.version}: make it anew`,
        );
      }
      await intake.during(async () => {
        const waiting = await store.transaction((tx) => bringBack(tx, name, schema), { name: 'snapshot-restore' });
        businessClock.learn(await readClock(store.db));
        surroundings.discardOutbox();
        await surroundings.report();
        return waiting;
      });
      await tellRestored();
      await surroundings.wake();
      await this.#sweep();
      return snapshot;
    });
  }

  list(): Promise<SnapshotData[]> {
    return listSnapshots(this.#surroundings.store.db);
  }

  /** Error SnapshotNotFound. */
  remove(name: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#find(name);
      await this.#surroundings.store.transaction((tx) => dropSchema(tx, name), { name: 'snapshot-delete' });
      await this.#sweep();
    });
  }

  async has(name: string): Promise<boolean> {
    return (await this.list()).some((snapshot) => snapshot.name === name);
  }

  /** As the migrations made it before this worker served; none of them runs while it does. */
  #schema(): Promise<Schema> {
    const { store } = this.#surroundings;
    this.#known ??= (async () => {
      const { current } = await databaseVersion(store);
      return { version: current ?? '', tables: await stateTables(store.db) };
    })();
    return this.#known;
  }

  async #find(name: string): Promise<SnapshotData> {
    const known = await this.list();
    const found = known.find((snapshot) => snapshot.name === name);
    if (found !== undefined) return found;
    const names = known.length === 0 ? 'there is none' : `there are ${known.map((one) => one.name).join(', ')}`;
    throw new SnapshotError('SnapshotNotFound', `no snapshot is named ${JSON.stringify(name)}: ${names}`);
  }

  #check(name: string): void {
    const { driver } = this.#surroundings;
    if (driver !== 'fake' && driver !== 'fake.FakeDriver') {
      throw new SnapshotError(
        'SnapshotRefused',
        `compute_driver = ${driver}: its machines are real and cannot be put back; snapshots work with fake`,
      );
    }
    if (NAME.test(name)) return;
    throw new SnapshotError(
      'SnapshotNameInvalid',
      `the name ${JSON.stringify(name)}: expected a letter or digit and at most 39 more, or ".", "_", "-"`,
    );
  }

  async #sweep(): Promise<void> {
    this.#changes += 1;
    if (this.#changes % VACUUM_EVERY === 0) await sql`vacuum`.execute(this.#surroundings.store.db);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#last.then(work);
    this.#last = run.catch((error: unknown) => log.debug('A snapshot operation failed', { error: String(error) }));
    return run;
  }
}

const schemaOf = (name: string): string => `"${PREFIX}${name}"`;

async function copyState(tx: Transaction, name: string, { version, tables }: Schema): Promise<SnapshotData> {
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

/** Answers the unique ids of the casts that wait in the restored outbox. */
async function bringBack(tx: Transaction, name: string, { tables }: Schema): Promise<ReadonlySet<string>> {
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
  const silent = tables.filter(({ triggers }) => triggers);
  const setTriggers = (how: string): string[] =>
    silent.map((table) => `alter table "${table.name}" ${how} trigger user;`);
  await runBlock(tx, [
    `lock table ${names.join(', ')} in access exclusive mode;`,
    ...setTriggers('disable'),
    ...deletions,
    ...insertions,
    ...setTriggers('enable'),
  ]);
  // The time of then is a move as any other, for whoever knows the later one.
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
 * What the image stores have is not put back with the database. Objects that the restored state does not know are
 * removed by the next sweep, once their writers are gone; those that another snapshot has stay with it.
 */
function lettingGoOfObjects(schema: string | undefined): string[] {
  const restored = schema === undefined ? '' : ` where key in (select key from ${schema}."${OBJECTS}")`;
  const doom = `update "${OBJECTS}" set state = 'doomed', lease_until = null where state <> 'writing';`;
  return schema === undefined ? [doom] : [`delete from "${OBJECTS}"${restored};`, doom];
}

async function dropSchema(tx: Transaction, name: string): Promise<void> {
  await sql`drop schema ${sql.raw(schemaOf(name))} cascade`.execute(tx);
}

async function listSnapshots(db: Queries): Promise<SnapshotData[]> {
  const found = await sql<{ text: string | null }>`
    select obj_description(oid, 'pg_namespace') as text from pg_namespace
    where starts_with(nspname, ${PREFIX}) order by nspname`.execute(db);
  return found.rows.map(({ text }) => JSON.parse(text ?? '{}') as SnapshotData);
}

/** Many statements in one round trip. The names in them are quoted, and none of them is a user's but a checked one. */
async function runBlock(tx: Transaction, statements: readonly string[]): Promise<void> {
  await sql.raw(`do $albireo$ begin ${statements.join('\n')} end $albireo$`).execute(tx);
}
