import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { getLogger } from '#libs/telemetry';
import type { Store } from './store.js';
import { sqlState } from './store.errors.js';

const log = getLogger('albireo.store');

/** `[database] max_retries` (-1: without end) and `retry_interval` in seconds. */
export interface ReachOptions {
  readonly maxRetries: number;
  readonly retryInterval: number;
}

/**
 * Resolves when the server answers; asks again while it cannot be reached or is starting.
 * @throws the last error after `maxRetries`, and at once what will not get better (a wrong password).
 */
export async function untilReachable(store: Store, { maxRetries, retryInterval }: ReachOptions): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await sql`select 1`.execute(store.db);
      return;
    } catch (error) {
      // cannot_connect_now is a server that starts; any other SQLSTATE (a wrong password) will not get better.
      const state = sqlState(error);
      if ((state !== null && state !== '57P03') || (maxRetries >= 0 && attempt >= maxRetries)) throw error;
      const reason = error instanceof Error ? error.message || error.name : String(error);
      log.warning(`The database does not answer (${reason}); trying again in ${retryInterval} s`);
      await sleep(retryInterval * 1_000);
    }
  }
}
