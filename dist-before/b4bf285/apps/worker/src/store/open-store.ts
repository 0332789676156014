import { getLogger } from '#libs/telemetry';
import { namedStatements } from './postgres/named-statements.js';
import { createPostgresPool } from './postgres/postgres-pool.js';
import { reachablePool } from './postgres/reachable-pool.js';
import { Store } from './store.js';
import { defaultPoolSettings } from './store-settings.js';
import type { StoreLocation } from './store-settings.js';

const log = getLogger('albireo.store');

/**
 * Opens the database; the schema is `syncDatabase`'s matter. PGlite is imported only where it is used.
 * Errors: DirectoryLocked when another process has the embedded database.
 */
export async function openStore(location: StoreLocation): Promise<Store> {
  if (location.kind === 'postgres') {
    const settings = { ...defaultPoolSettings, ...location.pool };
    const pool = createPostgresPool(location.url, settings, (error) => {
      log.warning(`A database connection was lost: ${error.message}`);
    });
    const connections = settings.preparedStatements ? namedStatements(pool) : pool;
    return new Store(reachablePool(connections), {
      embedded: false,
      connections: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    });
  }
  const { openEmbedded } = await import('./pglite/open-embedded.js');
  const embedded = await openEmbedded(location.kind === 'directory' ? location.directory : null);
  return new Store(embedded.pool, { embedded: true, close: () => embedded.close() });
}
