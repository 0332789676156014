import type { Configuration } from '#libs/config';
import { openConfiguredTransport } from '#libs/messaging';
import type { Transport } from '#libs/messaging';
import { upgradeLevels, ControlOptions, DatabaseOptions, ServiceOptions } from '#libs/options';
import { openStore, requireSchema, storeLocation, syncDatabase, untilReachable } from '../store/index.js';
import type { Store, StoreLocation } from '../store/index.js';

/** After this time another worker takes over a killed worker's cast. Live workers renew their claims. */
const LEDGER_LEASE_MS = 10_000;

/** Opens the worker's transport according to the options. Does not wait for the broker. */
export function openTransport(config: Configuration, program: string): Promise<Transport> {
  return openConfiguredTransport(config, program, {
    ledgerLeaseMs: LEDGER_LEASE_MS,
    upgradeLevels: upgradeLevels(config),
  });
}

/** The application name of fenced database sessions, whose old transactions a restored snapshot rejects. */
const FENCED_NAME = 'albireo-worker snapshots';

/**
 * Opens the worker's database and checks its schema: the embedded one is migrated here, PostgreSQL by `albireo-manage
 * db sync`. Retries while the server does not answer (`max_retries`, `retry_interval`).
 */
export async function openWorkerStore(config: Configuration, onCondition: () => void): Promise<Store> {
  const database = config.get(DatabaseOptions);
  const { statePath, ephemeral } = config.get(ServiceOptions);
  const store = await openStore(
    withPool(storeLocation({ connection: database.connection, statePath, ephemeral }), config),
    { onCondition },
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

function withPool(location: StoreLocation, config: Configuration): StoreLocation {
  if (location.kind !== 'postgres') return location;
  const options = config.get(DatabaseOptions);
  const { snapshots, enabled } = config.get(ControlOptions);
  const idleSeconds = options.connectionRecycleTime;
  return {
    ...location,
    pool: {
      maxConnections: options.maxPoolSize,
      acquireTimeoutMs: options.poolTimeout * 1_000,
      connectTimeoutMs: options.connectTimeout * 1_000,
      reconnectTimeoutMs: options.reconnectTimeout * 1_000,
      idleTimeoutMs: idleSeconds < 0 ? 0 : idleSeconds * 1_000,
      statementTimeoutMs: options.statementTimeout * 1_000,
      preparedStatements: options.preparedStatements,
      ...((snapshots || enabled) && { applicationName: FENCED_NAME }),
    },
  };
}
