import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GlanceStoreOptions,
  ImageServiceOptions,
  ImportFilteringOptions,
  ServiceOptions,
  StagingStoreOptions,
  imageBackendOptions,
  imageBackends,
} from '#libs/options';
import type { ImageStoreKind, ImageStoreSettings } from '#libs/options';
import type { Configuration } from '#libs/config';
import type { ImageStore, StoreFacts } from './image-store.js';
import { FileStore } from './internal/file-store.js';
import { HttpStore } from './internal/http-store.js';
import { S3Store } from './internal/s3-store.js';
import { ImportFilter } from './web/import-filter.js';

/** glance's name of its internal store. */
const STAGING_STORE = 'os_glance_staging_store';

/** The stores of a configuration. */
export class ImageStores {
  /** The stores that users see. */
  readonly all: readonly ImageStore[];
  readonly default: ImageStore;
  /** Where data waits for its import. */
  readonly staging: ImageStore;

  /**
   * @param defaultId the default is the first writable one. Throws TypeError if it is not one of the stores.
   * @param staging the default is the default store
   */
  constructor(stores: readonly ImageStore[], defaultId?: string, staging?: ImageStore) {
    const writable = stores.filter(takesData);
    const found = defaultId === undefined ? writable[0] : writable.find(({ id }) => id === defaultId);
    if (found === undefined) {
      throw new TypeError(
        `[glance_store] default_backend, default_store: ${defaultId ?? 'none'} is no store that takes data`,
      );
    }
    this.all = stores;
    this.default = found;
    this.staging = staging ?? found;
  }

  /** The writable stores. */
  get writable(): readonly ImageStore[] {
    return this.all.filter(takesData);
  }

  /** A store by its name, or undefined. */
  find(id: string): ImageStore | undefined {
    return this.all.find((store) => store.id === id) ?? (this.staging.id === id ? this.staging : undefined);
  }

  /** The store that reads a foreign URL, or undefined. */
  forUrl(url: string): HttpStore | undefined {
    if (!/^https?:/i.test(url)) return undefined;
    return this.all.find((store) => store instanceof HttpStore);
  }

  /** Objects whose stores exist here, in the order in which they should be read: by weight, otherwise unchanged. */
  preferred<T extends { readonly store: string }>(objects: readonly T[]): readonly { object: T; store: ImageStore }[] {
    return objects
      .flatMap((object) => {
        const store = this.find(object.store);
        return store === undefined ? [] : [{ object, store }];
      })
      .toSorted((a, b) => b.store.weight - a.store.weight);
  }

  async close(): Promise<void> {
    await Promise.all([...new Set([...this.all, this.staging])].map((store) => store.close()));
  }
}

const takesData = ({ kind }: ImageStore): boolean => kind !== 'http';

/**
 * Opens the stores of `enabled_backends` or, if it names no supported one, of `[glance_store] stores`; glance's other
 * stores are ignored. Nothing is read or written before the first image.
 */
export function openImageStores(config: Configuration): ImageStores {
  const { filesystemStoreDatadir: stagingPlace } = config.get(StagingStoreOptions);
  const staging =
    stagingPlace === undefined
      ? undefined
      : new FileStore(stagingPlace, false, { id: STAGING_STORE, description: undefined, weight: 0 });
  const options = config.get(GlanceStoreOptions);
  const backends = imageBackends(config.get(ImageServiceOptions).enabledBackends);
  if (backends.some(([, kind]) => kind !== 'http')) {
    const stores = backends.map(([id, kind]) => {
      const settings = config.get(imageBackendOptions(id));
      const facts = { id, description: settings.storeDescription, weight: settings.weight };
      return openStore(config, kind, settings, facts);
    });
    // The default may be a store that is ignored.
    const isHere = backends.some(([id]) => id === options.defaultBackend);
    const named = Object.keys(config.get(ImageServiceOptions).enabledBackends);
    const defaultId = isHere || !named.includes(options.defaultBackend ?? '') ? options.defaultBackend : undefined;
    return new ImageStores(stores, defaultId, staging);
  }
  const kinds = options.stores
    .filter((kind): kind is ImageStoreKind => kind in DESCRIPTIONS)
    .filter((kind) => kind !== 's3' || options.s3StoreHost !== undefined);
  const stores = kinds.map((kind) =>
    openStore(config, kind, options, { id: kind, description: DESCRIPTIONS[kind], weight: 0 }),
  );
  return new ImageStores(stores, options.defaultStore, staging);
}

const DESCRIPTIONS: Readonly<Record<ImageStoreKind, string>> = {
  file: 'A directory of the service',
  s3: 'A bucket of an S3 server',
  http: 'What lies elsewhere',
};

function openStore(
  config: Configuration,
  kind: ImageStoreKind,
  settings: ImageStoreSettings,
  facts: StoreFacts,
): ImageStore {
  if (kind === 'file') return openFileStore(config, settings, facts);
  if (kind === 's3') return openS3Store(settings, facts);
  const { httpsCaCertificatesFile: caFile, httpsInsecure: isInsecure } = settings;
  return new HttpStore({ filter: new ImportFilter(config.get(ImportFilteringOptions)), caFile, isInsecure }, facts);
}

/** Throws TypeError when an option that the store needs is missing. */
function openS3Store(options: ImageStoreSettings, facts: StoreFacts): ImageStore {
  const need = (name: string, value: string | undefined): string => {
    if (value === undefined || value === '') throw new TypeError(`${name}: the image store ${facts.id} needs it`);
    return value;
  };
  return new S3Store(
    {
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
    },
    facts,
  );
}

function openFileStore(config: Configuration, settings: ImageStoreSettings, facts: StoreFacts): ImageStore {
  const { filesystemStoreDatadir } = settings;
  const { ephemeral, statePath } = config.get(ServiceOptions);
  if (filesystemStoreDatadir !== undefined) return new FileStore(filesystemStoreDatadir, false, facts);
  const suffix = facts.id === 'file' ? '' : `-${facts.id}`;
  // In the embedded form both halves are in one process, which owns this directory and removes it at its end.
  if (ephemeral) return new FileStore(join(tmpdir(), `albireo-images-${process.pid}${suffix}`), true, facts);
  return new FileStore(join(statePath, `images${suffix}`), false, facts);
}
