import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GlanceStoreOptions, ServiceOptions } from '#libs/options';
import type { Configuration } from '#libs/config';
import type { ImageStore, StoreId } from './image-store.js';
import { FileStore } from './internal/file-store.js';
import { S3Store } from './internal/s3-store.js';

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
    s3: () => openS3Store(options),
  };
  const ids = options.stores
    .filter((id): id is StoreId => id in open)
    .filter((id) => id !== 's3' || options.s3StoreHost !== undefined);
  return new ImageStores(
    ids.map((id) => open[id]()),
    options.defaultStore,
  );
}

/** Throws TypeError when an option that the store needs is missing. */
function openS3Store(options: GlanceStoreOptions): ImageStore {
  const need = (name: string, value: string | undefined): string => {
    if (value === undefined || value === '') throw new TypeError(`[glance_store] ${name}: the store s3 needs it`);
    return value;
  };
  return new S3Store({
    host: need('s3_store_host', options.s3StoreHost),
    region: options.s3StoreRegionName,
    accessKey: need('s3_store_access_key', options.s3StoreAccessKey),
    secretKey: need('s3_store_secret_key', options.s3StoreSecretKey),
    bucket: need('s3_store_bucket', options.s3StoreBucket),
    createsBucket: options.s3StoreCreateBucketOnPut,
    urlFormat: options.s3StoreBucketUrlFormat,
    partBytes: options.s3StoreLargeObjectChunkSize * 1_048_576,
    parallel: options.s3StoreThreadPools,
    caFile: options.s3StoreCacert,
  });
}

function openFileStore(config: Configuration): ImageStore {
  const { filesystemStoreDatadir } = config.get(GlanceStoreOptions);
  const { ephemeral, statePath } = config.get(ServiceOptions);
  if (filesystemStoreDatadir !== undefined) return new FileStore(filesystemStoreDatadir);
  // The embedded form has both halves in one process, which this directory belongs to and goes with.
  if (ephemeral) return new FileStore(join(tmpdir(), `albireo-images-${process.pid}`), true);
  return new FileStore(join(statePath, 'images'));
}
