import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import { sqlState } from '../store.errors.js';

/** A statement as pg takes it: with a name, the server keeps what it parsed and planned for the connection. */
export interface NamedStatement {
  readonly name?: string;
  readonly text: string;
  readonly values: unknown[];
}

/** What is needed of a connection of pg's pool. */
export interface StatementClient {
  query<R extends object>(statement: NamedStatement): Promise<PostgresQueryResult<R>>;
  release(): void;
}

/** Every name takes memory of each connection in the server. */
const MAX_NAMES = 250;
const MAX_SEEN = 1000;
/** feature_not_supported: "cached plan must not change result type", once after a migration added a column. */
const PLAN_OUTDATED = '0A000';

/** Names for the statements that come again and again; a text gets one when it comes for the second time. */
class StatementNames {
  readonly #names = new Map<string, string>();
  readonly #seen = new Set<string>();
  #given = 0;

  nameOf(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= MAX_NAMES) return known;
    if (!this.#seen.delete(text)) {
      // Texts that never come again (lists in them have any length) must not fill the memory.
      if (this.#seen.size >= MAX_SEEN) this.#seen.clear();
      this.#seen.add(text);
      return undefined;
    }
    return this.#rename(text);
  }

  /** Another name, under which every connection prepares the statement anew. */
  forget(text: string): void {
    if (this.#names.has(text)) this.#rename(text);
  }

  #rename(text: string): string {
    this.#given += 1;
    const name = `s${this.#given}`;
    this.#names.set(text, name);
    return name;
  }
}

/** A pool for Kysely whose statements have names, so that PostgreSQL parses and plans them once a connection. */
export function namedStatements(pool: { connect(): Promise<StatementClient>; end(): Promise<void> }): PostgresPool {
  const names = new StatementNames();
  const wrapped = new WeakMap<StatementClient, PostgresPoolClient>();
  return {
    async connect() {
      const client = await pool.connect();
      const known = wrapped.get(client) ?? wrap(client, names);
      wrapped.set(client, known);
      return known;
    },
    end: () => pool.end(),
  };
}

function wrap(client: StatementClient, names: StatementNames): PostgresPoolClient {
  const run = async (text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<object>> => {
    const values = [...parameters];
    // Without parameters it is `commit` and its like, which have no plan.
    const name = values.length === 0 ? undefined : names.nameOf(text);
    if (name === undefined) return client.query({ text, values });
    try {
      return await client.query({ name, text, values });
    } catch (error) {
      if (sqlState(error) !== PLAN_OUTDATED) throw error;
      names.forget(text);
      // Inside a transaction this fails too, since the transaction has failed: the store runs it again from its start.
      return client.query({ text, values }).catch(() => Promise.reject(error));
    }
  };
  return { query: run as PostgresPoolClient['query'], release: () => client.release() };
}
