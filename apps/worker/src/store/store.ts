import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, PostgresDialect } from 'kysely';
import type { PostgresPool } from 'kysely';
import type { OutgoingMessage } from '#libs/messaging';
import { reachStep } from './durable-step.js';
import { DatabaseUnavailable, NAME_ERRORS, RERUN_ERRORS, verdictOf } from './database.errors.js';
import { StoreError, sqlState } from './store.errors.js';
import { EmbeddedDialect } from './pglite/embedded-dialect.js';
import { inTransaction } from './transaction.js';
import type { LastWrite, Transaction, TransactionOptions } from './transaction.js';
import type { Database } from './schema.js';

/** Where queries run: the store's own connections or a transaction. */
export type Queries = Kysely<Database>;

/** Rejects work that began before the state was replaced: an error that it throws rolls the transaction back. */
export interface TransactionFence {
  /** Called before the work of every transaction; its statements are sent with the first statements of the work. */
  begin(tx: Transaction): void | Promise<void>;
  /** Called before the commit. */
  end(): void;
  /** Adds the fence's mark to a cast that the transaction stores. */
  stamp?(tx: Transaction, message: OutgoingMessage): OutgoingMessage;
}

/** The number of connections of a pool, and of callers that wait for one. */
export interface PoolCounts {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

export interface StoreOptions {
  readonly embedded: boolean;
  /** Closes the resources below the pool. */
  readonly close?: () => Promise<void>;
  readonly connections?: () => PoolCounts;
  /** Why the database cannot be reached, or a warning for the operator. */
  readonly condition?: () => StoreCondition;
}

/** Whether the database can be used, and a message for the operator. */
export interface StoreCondition {
  readonly reachable: boolean;
  readonly reason?: string;
}

const MAX_TRIES = 6;
/** A lost connection rolls a transaction back; it is run again once. */
const MAX_LOSSES = 1;
const RETRIED: ReadonlySet<string> = new Set([...RERUN_ERRORS, ...NAME_ERRORS]);

/**
 * The worker's state. One class for PostgreSQL and the embedded database, which use the same SQL dialect. Reads use
 * `db`; all writes use `transaction`.
 */
export class Store {
  readonly db: Queries;
  /** Whether only this process can use the database (the embedded one), so that only one worker may run. */
  readonly embedded: boolean;
  readonly #connections: () => PoolCounts | null;
  readonly #condition: () => StoreCondition;
  readonly #closing: () => Promise<void>;
  readonly #afterCommit = new WeakMap<Transaction, (() => void)[]>();
  readonly #atEnd = new WeakMap<Transaction, LastWrite[]>();
  #closed: Promise<void> | null = null;
  #fence: TransactionFence | null = null;

  constructor(pool: PostgresPool, options: StoreOptions) {
    const Dialect = options.embedded ? EmbeddedDialect : PostgresDialect;
    this.db = new Kysely<Database>({ dialect: new Dialect({ pool }) });
    this.embedded = options.embedded;
    this.#closing = options.close ?? (async () => undefined);
    this.#connections = options.connections ?? (() => null);
    this.#condition = options.condition ?? (() => ({ reachable: true }));
  }

  /**
   * Runs `work` in one transaction and commits. If `work` throws, it rolls back and throws the same error. `work` may
   * run more than once (serialization failures, deadlocks, a lost connection), so it must have no effect outside the
   * transaction. Errors: DatabaseUnavailable if nothing was committed because the database was unavailable,
   * DatabaseOutcomeUnknown if its answer to the commit did not arrive.
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    if (this.#closed) throw new StoreError('StoreClosed', 'the store is closed; no transaction can start');
    const name = options.name ?? 'transaction';
    let losses = 0;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const callbacks: (() => void)[] = [];
        const last: LastWrite[] = [];
        const result = await inTransaction(this.db, options.isolation, {
          last,
          run: async (tx) => {
            this.#afterCommit.set(tx, callbacks);
            this.#atEnd.set(tx, last);
            return this.#behindFence(tx, work);
          },
          beforeCommit: () => {
            this.#fence?.end();
            reachStep('commit.before', name);
          },
        });
        reachStep('commit.after', name);
        for (const callback of callbacks) callback();
        return result;
      } catch (error) {
        if (error instanceof DatabaseUnavailable && error.isLost && losses < MAX_LOSSES) {
          losses += 1;
          continue;
        }
        if (!RETRIED.has(sqlState(error) ?? '')) throw error;
        if (attempt >= MAX_TRIES) {
          throw verdictOf(error) === 'refused' ? new DatabaseUnavailable(error, 'refused') : error;
        }
        await sleep(Math.random() * 2 ** attempt * 5);
      }
    }
  }

  /** Applies a fence to every transaction from now on. */
  setFence(fence: TransactionFence): void {
    this.#fence = fence;
  }

  /** The message with the fence's mark, as it is stored. */
  stamped(tx: Transaction, message: OutgoingMessage): OutgoingMessage {
    return this.#fence?.stamp?.(tx, message) ?? message;
  }

  async #behindFence<T>(tx: Transaction, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const begun = this.#fence?.begin(tx);
    if (begun === undefined) return work(tx);
    // Both are sent together; the statements of the fence come first.
    const [entry, result] = await Promise.allSettled([begun, work(tx)]);
    if (entry.status === 'rejected') throw entry.reason;
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  }

  /** Runs one statement that writes without a transaction of its own; in a transaction if there is a fence. */
  write<T>(work: (db: Queries) => Promise<T>): Promise<T> {
    return this.#fence === null ? work(this.db) : this.transaction(work, { name: 'write' });
  }

  /**
   * Runs `write` when the work of `tx` is done. It is one statement. It is sent together with the other such statements
   * and the commit, so only an error of the server can roll the transaction back: no result is checked here.
   */
  atEnd(tx: Transaction, write: LastWrite): void {
    const last = this.#atEnd.get(tx);
    if (last === undefined) throw new TypeError('atEnd: expected a transaction that store.transaction began');
    last.push(write);
  }

  /** Calls back once `tx` has committed; never after a rollback. `callback` must not throw. */
  afterCommit(tx: Transaction, callback: () => void): void {
    const callbacks = this.#afterCommit.get(tx);
    if (callbacks === undefined)
      throw new TypeError('afterCommit: expected a transaction that store.transaction began');
    callbacks.push(callback);
  }

  /** The number of connections of a pool, for the state report; null for the embedded database. */
  connections(): PoolCounts | null {
    return this.#connections();
  }

  /** Whether the database can be used at the moment; sends no query. */
  condition(): StoreCondition {
    return this.#condition();
  }

  /** Waits for running queries and closes every connection; may be called more than once. */
  close(): Promise<void> {
    this.#closed ??= this.db.destroy().then(this.#closing);
    return this.#closed;
  }
}
