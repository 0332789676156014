import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, PostgresDialect } from 'kysely';
import type { Transaction as KyselyTransaction, PostgresPool } from 'kysely';
import { reachStep } from './durable-step.js';
import { StoreError, sqlState } from './store.errors.js';
import type { Database } from './schema.js';

/** Where queries run: the store's own connections or a transaction. */
export type Queries = Kysely<Database>;
export type Transaction = KyselyTransaction<Database>;

export interface TransactionOptions {
  /** For logs and crash tests: which operation this is. */
  readonly name?: string;
  /** @default 'read committed' */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
}

/** Connections of a pool, and callers that wait for one. */
export interface PoolCounts {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

export interface StoreOptions {
  readonly embedded: boolean;
  /** Ends what lies below the pool. */
  readonly close?: () => Promise<void>;
  readonly connections?: () => PoolCounts;
}

const MAX_TRIES = 6;
/**
 * serialization_failure, deadlock_detected: PostgreSQL asks for exactly this, to run the transaction again; and
 * feature_not_supported: a prepared statement's plan was older than a migration.
 */
const RETRIED = new Set(['40001', '40P01', '0A000']);

/**
 * The worker's state. One class for PostgreSQL and the embedded database, which speak the same dialect.
 * Reads run on `db`; everything that writes runs in `transaction`.
 */
export class Store {
  readonly db: Queries;
  /** Whether this process has the database for itself (the embedded one), so that only one worker may run. */
  readonly embedded: boolean;
  readonly #connections: () => PoolCounts | null;
  readonly #closing: () => Promise<void>;
  readonly #afterCommit = new WeakMap<Transaction, (() => void)[]>();
  #closed: Promise<void> | null = null;

  constructor(pool: PostgresPool, options: StoreOptions) {
    this.db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
    this.embedded = options.embedded;
    this.#closing = options.close ?? (async () => undefined);
    this.#connections = options.connections ?? (() => null);
  }

  /**
   * Runs `work` in one transaction and commits; throws what `work` throws, after a rollback. `work` may run more than
   * once (serialization failures and deadlocks), so it must have no effect outside the transaction.
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    if (this.#closed) throw new StoreError('StoreClosed', 'the store is closed; no transaction can start');
    const name = options.name ?? 'transaction';
    for (let attempt = 1; ; attempt += 1) {
      try {
        const builder = this.db.transaction().setIsolationLevel(options.isolation ?? 'read committed');
        const callbacks: (() => void)[] = [];
        const result = await builder.execute(async (tx) => {
          this.#afterCommit.set(tx, callbacks);
          const value = await work(tx);
          reachStep('commit.before', name);
          return value;
        });
        reachStep('commit.after', name);
        for (const callback of callbacks) callback();
        return result;
      } catch (error) {
        if (attempt >= MAX_TRIES || !RETRIED.has(sqlState(error) ?? '')) throw error;
        await sleep(Math.random() * 2 ** attempt * 5);
      }
    }
  }

  /** Calls back once `tx` has committed; never after a rollback. `callback` must not throw. */
  afterCommit(tx: Transaction, callback: () => void): void {
    const callbacks = this.#afterCommit.get(tx);
    if (callbacks === undefined)
      throw new TypeError('afterCommit: expected a transaction that store.transaction began');
    callbacks.push(callback);
  }

  /** The connections of a pool, for the state report; the embedded database has none. */
  connections(): PoolCounts | null {
    return this.#connections();
  }

  /** Waits for running queries and closes every connection; harmless when repeated. */
  close(): Promise<void> {
    this.#closed ??= this.db.destroy().then(this.#closing);
    return this.#closed;
  }
}
