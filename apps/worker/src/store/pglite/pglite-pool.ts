import type { PGlite } from '@electric-sql/pglite';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { told } from '../database.errors.js';
import { kindOf } from '../statement-kind.js';
import type { DiskGuard } from './disk-guard.js';

/**
 * PGlite behind the face of pg's pool, so that Kysely's own PostgreSQL dialect drives it. There is one connection:
 * whoever asks while it is taken waits in line, so that no query slips into another's transaction.
 */
export class PglitePool implements PostgresPool {
  readonly #database: PGlite;
  readonly #guard: DiskGuard | null;
  #last: Promise<void> = Promise.resolve();

  /** @param guard of a database that is on a disk */
  constructor(database: PGlite, guard: DiskGuard | null = null) {
    this.#database = database;
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

  /** Waits for everyone in line. */
  async end(): Promise<void> {
    await this.#last;
  }

  #client(release: () => void): PostgresPoolClient {
    const query = async (sql: string, parameters: readonly unknown[]): Promise<unknown> => {
      if (this.#guard !== null && kindOf(sql) === 'change') await this.#guard.requireRoom();
      const result = await this.#database.query(sql, [...parameters]).catch((error: unknown) => {
        throw told(error);
      });
      return { command: commandOf(sql), rowCount: result.affectedRows ?? 0, rows: result.rows };
    };
    return { query, release } as PostgresPoolClient;
  }
}

/** The first word of a statement: Kysely counts affected rows only of those that change rows. */
function commandOf(sql: string): string {
  return /^\s*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? '';
}
