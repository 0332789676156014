import { join } from 'node:path';
import type { StoreLocation } from './store-settings.js';

/** The options that define where the state is stored: [database] connection, state_path, ephemeral. */
export interface StoreLocationOptions {
  readonly connection: string | undefined;
  readonly statePath: string;
  readonly ephemeral: boolean;
}

/**
 * The database of a configuration: PostgreSQL by URL, otherwise the embedded one in memory or in the data directory.
 */
export function storeLocation({ connection, statePath, ephemeral }: StoreLocationOptions): StoreLocation {
  if (connection !== undefined) return { kind: 'postgres', url: connection };
  return ephemeral ? { kind: 'memory' } : { kind: 'directory', directory: join(statePath, 'database') };
}
