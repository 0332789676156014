import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { getLogger } from '#libs/telemetry';
import { isHopeless } from './database.errors.js';
import type { Store } from './store.js';

const log = getLogger('albireo.store');

/** `[database] max_retries` (-1: no limit) and `retry_interval` in seconds. */
export interface ReachOptions {
  readonly maxRetries: number;
  readonly retryInterval: number;
}

/**
 * Resolves when the server answers; retries while it cannot be reached or is starting.
 * @throws the last error after `maxRetries`, and at once an error that a retry cannot fix (a wrong password).
 */
export async function untilReachable(store: Store, { maxRetries, retryInterval }: ReachOptions): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await sql`select 1`.execute(store.db);
      return;
    } catch (error) {
      if (isHopeless(error) || (maxRetries >= 0 && attempt >= maxRetries)) throw error;
      const reason = error instanceof Error ? error.message || error.name : String(error);
      log.warning(`The database does not answer (${reason}); trying again in ${retryInterval} s`);
      await sleep(retryInterval * 1_000);
    }
  }
}
