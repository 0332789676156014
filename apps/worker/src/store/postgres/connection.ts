import type { Client, QueryResult } from 'pg';
import { verdictOf } from '../database.errors.js';
import { NamedStatements } from './named-statements.js';

/** A statement for pg. If it has a name, the server keeps its parsed and planned form for the connection. */
export interface Statement {
  readonly text: string;
  readonly values: unknown[];
  readonly name?: string | undefined;
  /** The BEGIN of a transaction whose first statement this is: both are sent together. */
  readonly begin?: string | undefined;
}

export interface ConnectionFacts {
  /** The server process; null behind a pooler, which may use any of its own connections for a statement. */
  readonly backendPid: number | null;
}

/** The owner for which a connection is opened. */
export interface ConnectionOwner {
  /** Called at most once for a connection, also while it is idle. */
  lost(connection: Connection, reason: Error): void;
  /** The server has answered a statement. */
  heard(): void;
}

/** An answer that the server owes on a connection. */
export interface Debt {
  /** performance.now() of sending the statement. */
  readonly since: number;
}

/** One connection to PostgreSQL that knows whether it is lost, and since when an answer is due. */
export class Connection {
  readonly openedAt = performance.now();
  /** When it was last returned to the pool. */
  idleSince = this.openedAt;
  #debt: Debt | null = null;
  /** The number of statements sent and not yet answered. */
  #underWay = 0;
  #lost: Error | null = null;
  /** Null behind a pooler, where different server processes may run a statement of the same name. */
  readonly #named: NamedStatements | null;

  constructor(
    readonly client: Client,
    readonly facts: ConnectionFacts,
    readonly owner: ConnectionOwner,
  ) {
    this.#named = facts.backendPid === null ? null : new NamedStatements(client);
    // pg emits 'error' when the connection breaks, in use or not: without a listener it would end the process.
    client.on('error', (error) => this.#lose(error));
    client.on('end', () => this.#lose(new Error('the server has closed the connection')));
  }

  /** Why it can no longer be used. */
  get lost(): Error | null {
    return this.#lost;
  }

  /** The answer that it is waiting for; a new object for every answer that is still due. */
  get debt(): Debt | null {
    return this.#debt;
  }

  /**
   * Runs one statement; further calls are allowed before the answer. Throws the same errors as pg; `lost` then shows
   * whether the connection was lost too.
   */
  async run(statement: Statement): Promise<QueryResult> {
    if (this.#lost !== null) throw this.#lost;
    this.#underWay += 1;
    this.#debt ??= { since: performance.now() };
    try {
      const result = await this.#ask(statement);
      this.owner.heard();
      return result;
    } catch (error) {
      if (error instanceof Error && verdictOf(error) === 'lost') this.#lose(error);
      throw error;
    } finally {
      this.#underWay -= 1;
      this.#debt = this.#underWay === 0 ? null : { since: performance.now() };
    }
  }

  async #ask(statement: Statement): Promise<QueryResult> {
    this.#joinWrites();
    if (statement.begin === undefined) return this.#send(statement);
    const [begun, answer] = await Promise.allSettled([this.client.query(statement.begin), this.#send(statement)]);
    if (begun.status === 'rejected') throw begun.reason;
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  }

  #send({ name, text, values }: Statement): Promise<QueryResult> {
    if (name === undefined) return this.client.query(text, values);
    return this.#named?.run({ name, text, values }) ?? this.client.query({ name, text, values });
  }

  /** Joins everything that is sent in one event-loop turn into one write. */
  #joinWrites(): void {
    const { stream } = this.client.connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
  }

  #lose(reason: Error): void {
    if (this.#lost !== null) return;
    this.#lost = reason;
    this.owner.lost(this, reason);
  }

  /** Gives the connection up without waiting: statements in progress fail with a lost connection. */
  destroy(reason: Error): void {
    this.#lose(reason);
    this.client.connection.stream.destroy();
  }

  /** Sends Terminate to the server if it can still receive it. */
  close(): void {
    if (this.#lost === null) this.#lost = new Error('the connection has been closed');
    this.client.end().catch(() => undefined);
  }
}
