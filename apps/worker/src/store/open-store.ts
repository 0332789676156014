import { Store } from './store.js';
import type { StoreLocation } from './store-settings.js';

export interface OpenStoreOptions {
  /** Told when `store.condition()` may have changed. */
  readonly onCondition?: () => void;
}

/**
 * Opens the database; the schema is `syncDatabase`'s matter. pg and PGlite are imported only where they are used.
 * Errors: ConnectionInvalid for a URL that cannot be used, DirectoryLocked when another process has the embedded database.
 */
export async function openStore(location: StoreLocation, { onCondition }: OpenStoreOptions = {}): Promise<Store> {
  if (location.kind === 'postgres') {
    const { openPostgres } = await import('./postgres/open-postgres.js');
    return openPostgres(location.url, location.pool ?? {}, onCondition);
  }
  const { openEmbedded } = await import('./pglite/open-embedded.js');
  const embedded = await openEmbedded(location.kind === 'directory' ? location.directory : null);
  return new Store(embedded.pool, { embedded: true, close: () => embedded.close() });
}
