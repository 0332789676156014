import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { Client } from 'pg';
import { told } from '../database.errors.js';
import type { Connection } from '../postgres/connection.js';
import { NamedStatements } from '../postgres/named-statements.js';
import { StatementNames } from '../postgres/statement-names.js';
import { runNamed } from '../postgres/statement-runner.js';
import { kindOf } from '../statement-kind.js';
import type { DiskGuard } from './disk-guard.js';

/**
 * The embedded database with the methods of pg's pool, so that Kysely's own PostgreSQL dialect can use it. There is one
 * connection. A caller waits in a queue while it is in use, so that no query runs inside another caller's transaction.
 */
export class PglitePool implements PostgresPool {
  readonly #guard: DiskGuard | null;
  readonly #names = new StatementNames(true);
  readonly #connection: Pick<Connection, 'run'>;
  #last: Promise<void> = Promise.resolve();

  /** @param guard for a database on disk */
  constructor(client: Client, guard: DiskGuard | null = null) {
    const named = new NamedStatements(client);
    this.#connection = {
      run: ({ name, text, values }) =>
        name === undefined ? client.query(text, values) : named.run({ name, text, values }),
    };
    this.#guard = guard;
  }

  async connect(): Promise<PostgresPoolClient> {
    const turn = this.#last;
    let free: () => void = () => undefined;
    this.#last = new Promise((resolve) => {
      free = resolve;
    });
    await turn;
    return this.#client(free);
  }

  /** Waits for all callers in the queue. */
  async end(): Promise<void> {
    await this.#last;
  }

  #client(release: () => void): PostgresPoolClient {
    let last: Promise<unknown> = Promise.resolve();
    const run = async (text: string, parameters: readonly unknown[]): Promise<unknown> => {
      if (kindOf(text) === 'change') await this.#guard?.requireRoom();
      try {
        return await runNamed(this.#connection, this.#names, text, parameters);
      } catch (error) {
        throw told(error);
      }
    };
    const query = (text: string, parameters: readonly unknown[]): Promise<unknown> => {
      // Run one after the other, in the order in which they were started: the embedded database answers one at a time,
      // and pg does not queue later ones.
      const answer = last.then(() => run(text, parameters));
      last = answer.catch(() => undefined);
      return answer;
    };
    return { query, release } as PostgresPoolClient;
  }
}
