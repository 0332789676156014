import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GlanceStoreOptions, ServiceOptions } from '#libs/options';
import type { Configuration } from '#libs/config';
import type { ImageStore, StoreId } from './image-store.js';
import { FileStore } from './internal/file-store.js';

/** The stores of a configuration. */
export class ImageStores {
  readonly all: readonly ImageStore[];
  readonly default: ImageStore;

  /** @param defaultId the first one unless given. Throws TypeError for one that is not among them. */
  constructor(stores: readonly ImageStore[], defaultId?: string) {
    const found = defaultId === undefined ? stores[0] : stores.find(({ id }) => id === defaultId);
    if (found === undefined) throw new TypeError(`[glance_store] default_store: ${defaultId ?? ''} is not in stores`);
    this.all = stores;
    this.default = found;
  }

  /** A store by its name, or undefined. */
  find(id: string): ImageStore | undefined {
    return this.all.find((store) => store.id === id);
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((store) => store.close()));
  }
}

/**
 * Opens the stores of `[glance_store]`; names of glance's stores that are not here are passed over. Nothing is read or
 * written before the first image is.
 */
export function openImageStores(config: Configuration): ImageStores {
  const options = config.get(GlanceStoreOptions);
  const open: Readonly<Record<StoreId, () => ImageStore>> = {
    file: () => openFileStore(config),
  };
  const ids = options.stores.filter((id): id is StoreId => id in open);
  return new ImageStores(
    ids.map((id) => open[id]()),
    options.defaultStore,
  );
}

function openFileStore(config: Configuration): ImageStore {
  const { filesystemStoreDatadir } = config.get(GlanceStoreOptions);
  const { ephemeral, statePath } = config.get(ServiceOptions);
  if (filesystemStoreDatadir !== undefined) return new FileStore(filesystemStoreDatadir);
  // The embedded form has both halves in one process, which this directory belongs to and goes with.
  if (ephemeral) return new FileStore(join(tmpdir(), `albireo-images-${process.pid}`), true);
  return new FileStore(join(statePath, 'images'));
}
