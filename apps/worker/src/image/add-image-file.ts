import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Measured } from '#libs/imagestore';
import type { DiskFacts, ImageStores, Measures } from '#libs/imagestore';
import type { Store } from '../store/index.js';
import { activate } from './image-data-manager.js';
import { ImageObjects } from './image-objects.js';

/** A file that will become an image. */
export interface ImageFile {
  readonly path: string;
  readonly name: string;
  /** As in the Image API; undefined: detected from the file's first bytes, or raw if they have no signature. */
  readonly diskFormat: string | undefined;
  readonly visibility: 'public' | 'private' | 'community' | 'shared';
  /** The project's id; null: no owner, as for images from the configuration. */
  readonly owner: string | null;
  readonly minDisk: number;
  readonly minRam: number;
  readonly properties: Readonly<Record<string, string>>;
}

/** The file cannot be an image; the message says why. */
export class ImageFileError extends Error {
  override readonly name = 'ImageFileError';
}

export interface AddedImage {
  readonly id: string;
  readonly diskFormat: string;
  readonly measures: Measures;
}

/** Formats without a signature: they cannot be detected from a file's bytes. */
const PLAIN = new Set(['raw', 'ami', 'aki', 'ari']);
const AMAZON = new Set(['ami', 'aki', 'ari']);

/** Longer than any import takes: the object is not swept before this process is done with it. */
const LEASE_SECONDS = 24 * 3_600;

/**
 * Puts a file into the default image store and creates an active image from it. If it fails, nothing is left. Throws
 * ImageFileError for a file that has another format than stated, or that refers to other files; also throws errors of
 * the store.
 */
export async function addImageFile(store: Store, stores: ImageStores, file: ImageFile): Promise<AddedImage> {
  const found = await headOf(file.path);
  if (found.danger !== undefined) throw new ImageFileError(`${file.path}: ${found.danger}`);
  const diskFormat = file.diskFormat ?? found.format ?? 'raw';
  if (found.format === undefined ? !PLAIN.has(diskFormat) : found.format !== diskFormat) {
    throw new ImageFileError(`${file.path}: expected ${diskFormat}, found ${found.format ?? 'no known format'}`);
  }
  const id = randomUUID();
  const objects = new ImageObjects(store, stores, () => LEASE_SECONDS);
  const place = stores.default;
  const key = await store.transaction(
    async (tx) => {
      await tx
        .insertInto('images')
        .values({
          id,
          name: file.name,
          status: 'saving',
          visibility: file.visibility,
          protected: false,
          os_hidden: false,
          owner: file.owner,
          disk_format: diskFormat,
          container_format: AMAZON.has(diskFormat) ? diskFormat : 'bare',
          size: null,
          virtual_size: null,
          min_disk: file.minDisk,
          min_ram: file.minRam,
          checksum: null,
          os_hash_algo: null,
          os_hash_value: null,
          tags: '[]',
          properties: JSON.stringify(file.properties),
        })
        .execute();
      return objects.begin(tx, id, place.id);
    },
    { name: 'image-add.begin' },
  );
  try {
    const measured = new Measured(createReadStream(file.path), Number.MAX_SAFE_INTEGER);
    await place.write(key, measured);
    const measures = measured.finish();
    await store.transaction(
      async (tx) => {
        await objects.settle(tx, key, 'stored', measures.size);
        await activate(tx, id, { ...measures, virtual_size: measures.disk.virtualSize });
      },
      { name: 'image-add.finish' },
    );
    return { id, diskFormat, measures };
  } catch (error) {
    await store.transaction(
      async (tx) => {
        await tx.deleteFrom('image_objects').where('key', '=', key).execute();
        await tx.deleteFrom('images').where('id', '=', id).execute();
      },
      { name: 'image-add.undo' },
    );
    await place.remove(key);
    throw error;
  }
}

async function headOf(path: string): Promise<DiskFacts> {
  const measured = new Measured(createReadStream(path, { end: 65_535 }), Number.MAX_SAFE_INTEGER);
  for await (const _chunk of measured);
  return measured.finish().disk;
}
