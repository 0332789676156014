import { openStore, syncDatabase } from '../store/index.js';
import type { Store } from '../store/index.js';

/**
 * A migrated store in memory for specs: one per file, since each costs about a second of CPU time. Close it at the end.
 */
export async function openMemoryStore(): Promise<Store> {
  const store = await openStore({ kind: 'memory' });
  await syncDatabase(store);
  return store;
}
