import type { PostgresPool } from 'kysely';
import { EXPECTED_ERROR_MODULE } from '#libs/contracts';
import type { RemoteFailure } from '#libs/messaging';
import { sqlState } from '../store.errors.js';

/** admin_shutdown, cannot_connect_now, too_many_connections: it may be there again soon. */
const PASSING = new Set(['57P01', '57P03', '53300']);

/**
 * No connection to the database was to be had, so nothing was run. A caller on the bus is told so as an expected error
 * (503, try again); address and reason stay in this error's text, for the operator. It is no ExpectedError: a step of a
 * chain must not take it for the final answer.
 */
export class DatabaseUnavailable extends Error {
  readonly code = 'DatabaseUnavailable';

  constructor(cause: unknown) {
    super(`the database cannot be reached: ${reasonOf(cause)}`, { cause });
    this.name = 'DatabaseUnavailable';
  }

  toRemoteFailure(): RemoteFailure {
    const message = 'The database cannot be reached at the moment. The request was not run.';
    return { class: this.code, module: EXPECTED_ERROR_MODULE, message, tb: [], args: [message], kwargs: {} };
  }
}

// Node's error for a name with several addresses has an empty message, and one error for each of them.
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join(', ');
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}

/** The pool, with connections that cannot be had told apart from what a query does wrong. */
export function reachablePool(pool: PostgresPool): PostgresPool {
  return {
    async connect() {
      try {
        return await pool.connect();
      } catch (error) {
        const state = sqlState(error);
        if (state !== null && !PASSING.has(state)) throw error;
        throw new DatabaseUnavailable(error);
      }
    },
    end: () => pool.end(),
  };
}
