import type { Readable } from 'node:stream';

/** A part of an object: from the byte `start` to the byte `end`, both inclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * A place for the data of images: glance_store's drivers. An object appears completely under its key or not at all, is
 * never changed, and its key is used only once. Keys are UUIDs.
 */
export interface ImageStore {
  /** Its name in `enabled_backends` or `[glance_store] stores`, and in the API. */
  readonly id: string;
  readonly kind: StoreKind;
  /** Its description for users. */
  readonly description: string | undefined;
  /** Of the stores that have an image, the one with the largest weight is read. */
  readonly weight: number;
  /** Its properties in `GET /v2/info/stores/detail`; no secrets. */
  readonly properties: Readonly<Record<string, unknown>>;
  /**
   * Stores the data of `source`, with bounded memory. When it or `source` fails, nothing is left. Errors: StoreFull,
   * StoreUnavailable, StoreReadOnly.
   */
  write(key: string, source: AsyncIterable<Uint8Array>): Promise<void>;
  /** The bytes of an object; a store `http` has URLs for keys. Errors: ObjectMissing, StoreUnavailable. */
  read(key: string, range?: ByteRange): Promise<Readable>;
  /** Removes an object and the rest of a failed write; no error when there is nothing. */
  remove(key: string): Promise<void>;
  /** The location of the object, without credentials: a URL in glance_store's form. */
  urlOf(key: string): string;
  /** Closes connections and removes data that belongs to this process only. */
  close(): Promise<void>;
}

export type StoreKind = 'file' | 's3' | 'http';

/** The common settings of all stores. */
export type StoreFacts = Pick<ImageStore, 'id' | 'description' | 'weight'>;

/** A store failed. `code` is the kind of failure. */
export class ImageStoreError extends Error {
  constructor(
    readonly code: 'ObjectMissing' | 'StoreFull' | 'StoreUnavailable' | 'StoreReadOnly',
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'ImageStoreError';
  }
}

const KEY = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Throws TypeError for an invalid key: a key must never lead to a path outside of the store. */
export function requireKey(key: string): void {
  if (!KEY.test(key)) throw new TypeError('a key of an image store is a UUID');
}
