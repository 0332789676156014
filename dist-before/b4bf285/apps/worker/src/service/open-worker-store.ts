import { DatabaseOptions, ServiceOptions } from '#libs/config';
import type { Configuration } from '#libs/config';
import { openStore, requireSchema, storeLocation, syncDatabase, untilReachable } from '../store/index.js';
import type { Store, StoreLocation } from '../store/index.js';

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
