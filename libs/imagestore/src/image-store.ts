import type { Readable } from 'node:stream';

/** A part of an object: from the byte `start` to the byte `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the data of images lies: glance_store's drivers. An object appears whole under its key or not at all, is never
 * changed, and its key is used once. Keys are UUIDs.
 */
export interface ImageStore {
  /** Its name in `enabled_backends` or `[glance_store] stores`, and in the API. */
  readonly id: string;
  readonly kind: StoreKind;
  /** What people are told of it. */
  readonly description: string | undefined;
  /** Of the stores that have an image the one with the largest is read. */
  readonly weight: number;
  /** What `GET /v2/info/stores/detail` tells of it; no secrets. */
  readonly properties: Readonly<Record<string, unknown>>;
  /**
   * Stores what `source` gives, with bounded memory. When it fails, or `source` does, nothing is left.
   * Errors: StoreFull, StoreUnavailable, StoreReadOnly.
   */
  write(key: string, source: AsyncIterable<Uint8Array>): Promise<void>;
  /** The bytes of an object; a store `http` has URLs for keys. Errors: ObjectMissing, StoreUnavailable. */
  read(key: string, range?: ByteRange): Promise<Readable>;
  /** Removes an object and whatever a broken write has left of it; harmless when there is nothing. */
  remove(key: string): Promise<void>;
  /** Where the object lies, without credentials: a URL as glance_store has it. */
  urlOf(key: string): string;
  /** Ends connections and removes what belongs to this process alone. */
  close(): Promise<void>;
}

export type StoreKind = 'file' | 's3' | 'http';

/** What the configuration says of any store. */
export type StoreFacts = Pick<ImageStore, 'id' | 'description' | 'weight'>;

/** A store failed. `code` says how. */
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

/** Throws TypeError for what is no key: a store must never be led out of its place. */
export function requireKey(key: string): void {
  if (!KEY.test(key)) throw new TypeError('a key of an image store is a UUID');
}
