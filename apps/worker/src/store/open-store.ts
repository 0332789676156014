import { Store } from './store.js';
import type { StoreLocation } from './store-settings.js';

export interface OpenStoreOptions {
  /** Told when `store.condition()` may have changed. */
  readonly onCondition?: () => void;
  /** Bytes that are left where the embedded database is. @default what the system says */
  readonly freeBytesOf?: (directory: string) => Promise<number>;
}

/**
 * Opens the database; the schema is `syncDatabase`'s matter. pg and PGlite are imported only where they are used.
 * Errors: ConnectionInvalid for a URL that cannot be used, DirectoryLocked when another process has the embedded database.
 */
export async function openStore(
  location: StoreLocation,
  { onCondition = () => undefined, freeBytesOf }: OpenStoreOptions = {},
): Promise<Store> {
  if (location.kind === 'postgres') {
    const { openPostgres } = await import('./postgres/open-postgres.js');
    return openPostgres(location.url, location.pool ?? {}, onCondition);
  }
  const { openEmbedded } = await import('./pglite/open-embedded.js');
  const directory = location.kind === 'directory' ? location.directory : null;
  const embedded = await openEmbedded(directory, onCondition, freeBytesOf);
  return new Store(embedded.pool, {
    embedded: true,
    close: () => embedded.close(),
    condition: () => {
      const reason = embedded.guard?.reason ?? null;
      return reason === null ? { reachable: true } : { reachable: true, reason };
    },
  });
}
