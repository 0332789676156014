import type { PostgresPoolClient } from 'kysely';
import type { QueryResult } from 'pg';
import { DatabaseOutcomeUnknown, DatabaseUnavailable, told } from '../database.errors.js';
import { sqlState } from '../store.errors.js';
import type { Connection } from './connection.js';
import type { ConnectionPool } from './connection-pool.js';
import { noteChange } from '../request-changes.js';
import { kindOf } from '../statement-kind.js';
import type { StatementKind } from '../statement-kind.js';
import type { StatementNames } from './statement-names.js';
import { runNamed } from './statement-runner.js';

/** Errors that may come with a lost connection and that prove that the statement was not run. */
const NOT_RUN = new Set(['25006', '57P03', '53300']);
type Result = Pick<QueryResult, 'command' | 'rowCount' | 'rows'>;
const NOTHING: Result = { command: 'SELECT', rowCount: 0, rows: [] };

/** The part of the pool that a session uses. */
export interface SessionPool extends Pick<ConnectionPool, 'acquire' | 'exchange' | 'release'> {
  readonly connector: { readonly isPooled: boolean };
}

export interface SessionSettings {
  /** Set in each transaction if a pooler does not keep it for the session. */
  readonly statementTimeoutMs: number;
}

interface OpenTransaction {
  hasChanged: boolean;
  /** Its BEGIN, until it is sent together with the first statement. */
  begin: string | null;
}

/**
 * The connection object for Kysely. A lost connection is replaced if nothing depends on it: a read outside of a
 * transaction, and the beginning of a transaction, run again. A statement that was not executed is DatabaseUnavailable,
 * one that may have been is DatabaseOutcomeUnknown.
 */
export class Session implements PostgresPoolClient {
  /** Null after a loss if no replacement was available. */
  #connection: Connection | null;
  #transaction: OpenTransaction | null = null;

  constructor(
    readonly pool: SessionPool,
    connection: Connection,
    readonly names: StatementNames,
    readonly settings: SessionSettings,
  ) {
    this.#connection = connection;
  }

  readonly query = ((text: string, parameters: readonly unknown[]) =>
    this.#query(text, parameters)) as PostgresPoolClient['query'];

  release(): void {
    const connection = this.#connection;
    this.#connection = null;
    if (connection === null) return;
    if (this.#transaction !== null) connection.destroy(new Error('a transaction was left open'));
    this.pool.release(connection);
  }

  async #query(text: string, parameters: readonly unknown[]): Promise<Result> {
    const kind = kindOf(text);
    if (this.#transaction !== null) return this.#inTransaction(this.#transaction, kind, text, parameters);
    switch (kind) {
      case 'begin':
        return this.#begin(text);
      case 'read':
        return this.#repeatable(text, parameters);
      case 'rollback':
        // The rollback of a transaction whose commit has failed.
        return NOTHING;
      default: {
        const result = await this.#change(text, parameters);
        noteChange();
        return result;
      }
    }
  }

  #begin(text: string): Result {
    const { statementTimeoutMs } = this.settings;
    const isPooled = this.pool.connector.isPooled && statementTimeoutMs > 0;
    const begin = isPooled ? `${text}; set local statement_timeout = ${statementTimeoutMs}` : text;
    this.#transaction = { hasChanged: false, begin };
    return NOTHING;
  }

  /** Runs a statement that may run twice: again on another connection if the first one is lost. */
  async #repeatable(text: string, parameters: readonly unknown[], begin: string | null = null): Promise<Result> {
    try {
      return await this.#run(text, parameters, begin);
    } catch (error) {
      if (!this.#isLost) throw told(error);
    }
    await this.#replace();
    try {
      return await this.#run(text, parameters, begin);
    } catch (error) {
      throw this.#isLost ? new DatabaseUnavailable(error, 'unreachable', begin !== null) : told(error);
    }
  }

  async #change(text: string, parameters: readonly unknown[]): Promise<Result> {
    if (this.#isLost) await this.#replace();
    try {
      return await this.#run(text, parameters);
    } catch (error) {
      if (!this.#isLost) throw told(error);
      if (!NOT_RUN.has(sqlState(error) ?? '')) throw new DatabaseOutcomeUnknown(error);
    }
    await this.#replace();
    try {
      return await this.#run(text, parameters);
    } catch (error) {
      if (!this.#isLost) throw told(error);
      throw NOT_RUN.has(sqlState(error) ?? '') ? new DatabaseUnavailable(error) : new DatabaseOutcomeUnknown(error);
    }
  }

  async #inTransaction(
    transaction: OpenTransaction,
    kind: StatementKind,
    text: string,
    parameters: readonly unknown[],
  ): Promise<Result> {
    const isEnd = kind === 'commit' || kind === 'rollback';
    const { begin } = transaction;
    if (isEnd) this.#transaction = null;
    if (begin !== null) {
      transaction.begin = null;
      // The server has received nothing of this transaction.
      if (isEnd) return NOTHING;
      transaction.hasChanged = kind !== 'read';
      return this.#repeatable(text, parameters, begin);
    }
    if (kind === 'rollback') return this.#rollback(text);
    if (this.#isLost) throw new DatabaseUnavailable(this.#connection?.lost, 'unreachable', true);
    if (!isEnd && kind !== 'read') transaction.hasChanged = true;
    try {
      const result = await this.#run(text, parameters, null, true);
      if (kind === 'commit' && transaction.hasChanged) noteChange();
      return result;
    } catch (error) {
      if (!this.#isLost) throw told(error);
      if (kind !== 'commit' || NOT_RUN.has(sqlState(error) ?? '')) {
        throw new DatabaseUnavailable(error, 'unreachable', true);
      }
      // All reads have been answered, and there is nothing to store.
      if (!transaction.hasChanged) return NOTHING;
      throw new DatabaseOutcomeUnknown(error);
    }
  }

  /** Never fails: the server has rolled back a transaction whose connection is lost. */
  async #rollback(text: string): Promise<Result> {
    if (this.#isLost) return NOTHING;
    try {
      return await this.#run(text, []);
    } catch (error) {
      this.#connection?.destroy(error instanceof Error ? error : new Error(String(error)));
      return NOTHING;
    }
  }

  get #isLost(): boolean {
    return this.#connection === null || this.#connection.lost !== null;
  }

  #run(
    text: string,
    parameters: readonly unknown[],
    begin: string | null = null,
    inTransaction = begin !== null,
  ): Promise<Result> {
    if (this.#connection === null) return Promise.reject(new DatabaseUnavailable(new Error('the connection is lost')));
    return runNamed(this.#connection, this.names, text, parameters, { begin, inTransaction });
  }

  async #replace(): Promise<void> {
    const lost = this.#connection;
    this.#connection = null;
    this.#connection = lost === null ? await this.pool.acquire() : await this.pool.exchange(lost);
  }
}
