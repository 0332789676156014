import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { DatabaseOptions, ServiceOptions } from '#libs/config';
import type { Configuration } from '#libs/config';
import { getLogger } from '#libs/telemetry';
import { openStore, requireSchema, sqlState, storeLocation, syncDatabase } from '../store/index.js';
import type { Store, StoreLocation } from '../store/index.js';

const log = getLogger('albireo.store');

/**
 * Opens the worker's database and makes sure of its schema: the embedded one is brought up to date here, PostgreSQL by
 * `albireo-manage db sync`. A server that does not answer yet is asked again (`max_retries`, `retry_interval`).
 */
export async function openWorkerStore(config: Configuration): Promise<Store> {
  const database = config.get(DatabaseOptions);
  const { statePath, ephemeral } = config.get(ServiceOptions);
  const store = await openStore(
    withPool(storeLocation({ connection: database.connection, statePath, ephemeral }), database),
  );
  try {
    if (!store.embedded) await untilReachable(store, database);
    if (store.embedded && database.autoMigrate) await syncDatabase(store);
    else await requireSchema(store);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

function withPool(location: StoreLocation, options: DatabaseOptions): StoreLocation {
  if (location.kind !== 'postgres') return location;
  const idleSeconds = options.connectionRecycleTime;
  return {
    ...location,
    pool: {
      maxConnections: options.maxPoolSize,
      acquireTimeoutMs: options.poolTimeout * 1_000,
      idleTimeoutMs: idleSeconds < 0 ? 0 : idleSeconds * 1_000,
      statementTimeoutMs: options.statementTimeout * 1_000,
      preparedStatements: options.preparedStatements,
    },
  };
}

async function untilReachable(store: Store, { maxRetries, retryInterval }: DatabaseOptions): Promise<void> {
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
