import { openStore } from '../../apps/worker/src/store/index.js';
import type { PoolSettings, Store } from '../../apps/worker/src/store/index.js';

export interface WatchedStore {
  readonly store: Store;
  /** Resolves when the store's condition is that. */
  readonly until: (reachable: boolean) => Promise<void>;
}

/** Opens a store for one test and closes it. */
export async function withStore(
  url: string,
  pool: Partial<PoolSettings>,
  use: (watched: WatchedStore) => Promise<void>,
): Promise<void> {
  let changed: () => void = () => undefined;
  const store = await openStore({ kind: 'postgres', url, pool }, { onCondition: () => changed() });
  const until = async (reachable: boolean): Promise<void> => {
    while (store.condition().reachable !== reachable) {
      await new Promise<void>((resolve) => {
        changed = resolve;
      });
    }
  };
  try {
    await use({ store, until });
  } finally {
    await store.close();
  }
}
