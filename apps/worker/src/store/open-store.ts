import { Store } from './store.js';
import type { StoreLocation } from './store-settings.js';

export interface OpenStoreOptions {
  /** Called when `store.condition()` may have changed. */
  readonly onCondition?: () => void;
  /** Free bytes on the disk of the embedded database. @default as the system reports */
  readonly freeBytesOf?: (directory: string) => Promise<number>;
}

/**
 * Opens the database; `syncDatabase` handles the schema. pg and PGlite are imported only if they are used. Errors:
 * ConnectionInvalid for a URL that cannot be used, DirectoryLocked if another process uses the embedded database.
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
