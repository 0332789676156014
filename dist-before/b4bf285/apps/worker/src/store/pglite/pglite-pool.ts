import type { PGlite } from '@electric-sql/pglite';
import type { PostgresPool, PostgresPoolClient } from 'kysely';

/**
 * PGlite behind the face of pg's pool, so that Kysely's own PostgreSQL dialect drives it. There is one connection:
 * whoever asks while it is taken waits in line, so that no query slips into another's transaction.
 */
export class PglitePool implements PostgresPool {
  readonly #database: PGlite;
  #last: Promise<void> = Promise.resolve();

  constructor(database: PGlite) {
    this.#database = database;
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

  /** Waits for everyone in line. */
  async end(): Promise<void> {
    await this.#last;
  }

  #client(release: () => void): PostgresPoolClient {
    const query = async (sql: string, parameters: readonly unknown[]): Promise<unknown> => {
      const result = await this.#database.query(sql, [...parameters]);
      return { command: commandOf(sql), rowCount: result.affectedRows ?? 0, rows: result.rows };
    };
    return { query, release } as PostgresPoolClient;
  }
}

/** The first word of a statement: Kysely counts affected rows only of those that change rows. */
function commandOf(sql: string): string {
  return /^\s*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? '';
}
