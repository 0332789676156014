import { sql } from 'kysely';
import type { SnapshotData } from '#libs/contracts';
import { getLogger } from '#libs/telemetry';
import { businessClock, tellRestored } from '#libs/simulation';
import type { Store } from '../store/index.js';
import { databaseVersion, forgetDroppedTables, readClock } from '../store/index.js';
import type { Intake } from './intake.js';
import { SnapshotError } from './snapshot.errors.js';
import { bringBack, copyState, dropState, listSnapshots } from './state-copies.js';
import type { Schema } from './state-copies.js';
import { stateTables } from './state-tables.js';

const log = getLogger('albireo.snapshots');

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
/** Deleted rows stay in the files until a vacuum; without it, 300 restores nearly doubled the database. */
const VACUUM_EVERY = 50;
const FORGET_EVERY = 500;

/** Other components that a restore has to stop or notify. */
export interface SnapshotSurroundings {
  readonly store: Store;
  readonly intake: Pick<Intake, 'during'>;
  /** `compute_driver`: only machines of the fake driver are database rows. */
  readonly driver: string;
  /** Throws SnapshotRefused if another process would continue in the earlier state. */
  refuseOthers?(): Promise<void>;
  /** Notifies other processes of the new state. */
  tell?(epoch: number): Promise<void>;
  /** Drops casts that wait in memory. */
  discardOutbox(): void;
  /** Makes services report that they are alive: in the restored state, their last report is old. */
  report(): Promise<void>;
  /** Sends steps of open tasks again, and publishes waiting casts. */
  wake(): Promise<void>;
}

/**
 * Whole states of the cloud, each in a schema of its own in the same database. Ids from sequences are never assigned
 * twice, so an object of a later state is never mistaken for one of the restored state.
 */
export class Snapshots {
  readonly #surroundings: SnapshotSurroundings;
  #changes = 0;
  #known: Promise<Schema> | null = null;
  #knownVersion: Promise<string> | null = null;
  /** One operation at a time. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(surroundings: SnapshotSurroundings) {
    this.#surroundings = surroundings;
  }

  /** Errors: SnapshotNameInvalid, SnapshotExists, SnapshotRefused. */
  create(name: string): Promise<SnapshotData> {
    return this.#inTurn(async () => {
      this.#check(name);
      const { store } = this.#surroundings;
      await refuseRealMachines(store);
      const version = await this.#version();
      const made = await store.transaction((tx) => copyState(tx, name, version), {
        name: 'snapshot-create',
        isolation: 'repeatable read',
      });
      await this.#sweep();
      return made;
    });
  }

  /** Restores everything. Errors: SnapshotNotFound, SnapshotRefused; then nothing has changed. */
  restore(name: string): Promise<SnapshotData> {
    return this.#inTurn(async () => {
      this.#check(name);
      const surroundings = this.#surroundings;
      const { store, intake } = surroundings;
      const snapshot = await this.#find(name);
      await refuseRealMachines(store);
      const schema = await this.#schema();
      if (snapshot.version !== schema.version) {
        throw new SnapshotError(
          'SnapshotRefused',
          `snapshot ${name} is of version ${snapshot.version}, the database is at ${schema.version}: make it anew`,
        );
      }
      await surroundings.refuseOthers?.();
      await intake.during(async () => {
        const { epoch, waiting } = await store.transaction((tx) => bringBack(tx, name, schema), {
          name: 'snapshot-restore',
        });
        businessClock.learn(await readClock(store.db));
        surroundings.discardOutbox();
        await surroundings.report();
        await surroundings.tell?.(epoch);
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
      await this.#surroundings.store.transaction((tx) => dropState(tx, name), { name: 'snapshot-delete' });
      await this.#sweep();
    });
  }

  async has(name: string): Promise<boolean> {
    return (await this.list()).some((snapshot) => snapshot.name === name);
  }

  /** The last migration; none runs while this worker serves. */
  #version(): Promise<string> {
    this.#knownVersion ??= databaseVersion(this.#surroundings.store).then(({ current }) => current ?? '');
    return this.#knownVersion;
  }

  #schema(): Promise<Schema> {
    this.#known ??= (async () => ({
      version: await this.#version(),
      tables: await stateTables(this.#surroundings.store.db),
    }))();
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
    const { store } = this.#surroundings;
    this.#changes += 1;
    if (this.#changes % VACUUM_EVERY === 0) await sql`vacuum`.execute(store.db);
    if (store.embedded && this.#changes % FORGET_EVERY === 0) await forgetDroppedTables(store.db);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#last.then(work);
    this.#last = run.catch((error: unknown) => log.debug('A snapshot operation failed', { error: String(error) }));
    return run;
  }
}

/** Hosts of other workers may have another driver. */
async function refuseRealMachines({ db }: Store): Promise<void> {
  const real = await db
    .selectFrom('compute_nodes')
    .select(['host', 'hypervisor_type'])
    .where('hypervisor_type', '<>', 'fake')
    .orderBy('host')
    .executeTakeFirst();
  if (real === undefined) return;
  throw new SnapshotError(
    'SnapshotRefused',
    `the machines of host ${real.host} (${real.hypervisor_type}) are real and cannot be put back; snapshots work with fake`,
  );
}
