import type { Client, QueryResult } from 'pg';
import { verdictOf } from '../database.errors.js';
import { NamedStatements } from './named-statements.js';

/** A statement as pg takes it: with a name, the server keeps what it parsed and planned for the connection. */
export interface Statement {
  readonly text: string;
  readonly values: unknown[];
  readonly name?: string | undefined;
  /** The begin of a transaction whose first statement this is: both are sent at once. */
  readonly begin?: string | undefined;
}

export interface ConnectionFacts {
  /** The process in the server; null behind a pooler, which has the connection answered by any of its own. */
  readonly backendPid: number | null;
}

/** Who has a connection made. */
export interface ConnectionOwner {
  /** Called at most once for a connection, also while nobody uses it. */
  lost(connection: Connection, reason: Error): void;
  /** The server has answered a statement. */
  heard(): void;
}

/** The answer owed by a connection. */
export interface Debt {
  /** performance.now() of the question. */
  readonly since: number;
}

/** One connection to PostgreSQL that knows whether it is lost, and since when it owes an answer. */
export class Connection {
  readonly openedAt = performance.now();
  /** When it was last given back to the pool. */
  idleSince = this.openedAt;
  #debt: Debt | null = null;
  /** Statements that it has sent and that are not answered. */
  #underWay = 0;
  #lost: Error | null = null;
  /** Null where a pooler may have the statement of a name run by one process of the server and by another. */
  readonly #named: NamedStatements | null;

  constructor(
    readonly client: Client,
    readonly facts: ConnectionFacts,
    readonly owner: ConnectionOwner,
  ) {
    this.#named = facts.backendPid === null ? null : new NamedStatements(client);
    // pg emits 'error' when the connection breaks, in use or not: without a listener that would end the process.
    client.on('error', (error) => this.#lose(error));
    client.on('end', () => this.#lose(new Error('the server has closed the connection')));
  }

  /** Why it is of no use any more. */
  get lost(): Error | null {
    return this.#lost;
  }

  /** What it is waiting for; a new object for every answer that is still to come. */
  get debt(): Debt | null {
    return this.#debt;
  }

  /**
   * Runs one statement; it may be called again before the answer. Throws what pg throws; `lost` then tells whether the
   * connection went with it.
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

  /** What is sent in one turn goes out in one write. */
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

  /** Gives it up without waiting for anything: a statement under way fails with a lost connection. */
  destroy(reason: Error): void {
    this.#lose(reason);
    this.client.connection.stream.destroy();
  }

  /** Says goodbye to the server where one is there to hear it. */
  close(): void {
    if (this.#lost === null) this.#lost = new Error('the connection has been closed');
    this.client.end().catch(() => undefined);
  }
}
