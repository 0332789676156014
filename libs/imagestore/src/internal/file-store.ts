import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { makeDirectory } from '#libs/config';
import { ImageStoreError, requireKey } from '../image-store.js';
import type { ByteRange, ImageStore, StoreFacts } from '../image-store.js';

const FACTS: StoreFacts = { id: 'file', description: 'A directory of the service', weight: 0 };

/** Number of bytes per read. */
const READ_BYTES = 256 * 1024;

/**
 * Files in a directory, which every gateway and worker must reach under the same path. Data is written to a file below
 * `incoming`, which is moved to its place when it is complete and synced to the disk.
 */
export class FileStore implements ImageStore {
  readonly id: string;
  readonly kind = 'file';
  readonly description: string | undefined;
  readonly weight: number;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly #directory: string;
  readonly #isOwn: boolean;

  /** @param isOwn the directory belongs to this process and is removed at its end */
  constructor(directory: string, isOwn = false, facts: StoreFacts = FACTS) {
    ({ id: this.id, description: this.description, weight: this.weight } = facts);
    this.#directory = directory;
    this.#isOwn = isOwn;
    this.properties = { data_dir: directory, chunk_size: READ_BYTES, thin_provisioning: false };
  }

  async write(key: string, source: AsyncIterable<Uint8Array>): Promise<void> {
    const { draft, place } = this.#paths(key);
    try {
      const file = await this.#create(draft);
      try {
        for await (const chunk of source) await writeAll(file, chunk);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(draft, place);
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined);
      throw storeError(error);
    }
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const { place } = this.#paths(key);
    try {
      // Opened here, so that a missing file is an error of this call.
      const file = await open(place, 'r');
      return createReadStream('', { fd: file, highWaterMark: READ_BYTES, ...range });
    } catch (error) {
      throw storeError(error);
    }
  }

  async remove(key: string): Promise<void> {
    const { draft, place } = this.#paths(key);
    try {
      await Promise.all([rm(draft, { force: true }), rm(place, { force: true })]);
    } catch (error) {
      throw storeError(error);
    }
  }

  urlOf(key: string): string {
    return pathToFileURL(this.#paths(key).place).href;
  }

  async close(): Promise<void> {
    if (this.#isOwn) await rm(this.#directory, { recursive: true, force: true });
  }

  #paths(key: string): { readonly draft: string; readonly place: string } {
    requireKey(key);
    return { draft: join(this.#directory, 'incoming', key), place: join(this.#directory, key) };
  }

  /** The directory is created with the first file, so that nothing is written before there is an image. */
  async #create(draft: string): Promise<FileHandle> {
    try {
      return await open(draft, 'wx', 0o600);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      makeDirectory(join(this.#directory, 'incoming'), 0o700);
      return open(draft, 'wx', 0o600);
    }
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.byteLength;) {
    const { bytesWritten } = await file.write(chunk, done);
    done += bytesWritten;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/**
 * Converts errors of the file system to the store's errors; all others, including those of the source, stay as they
 * are.
 */
function storeError(error: unknown): unknown {
  const isOfSystem = error instanceof Error && 'syscall' in error;
  if (!isOfSystem) return error;
  const code = codeOf(error) ?? '';
  // Only file errors: a client's broken connection has a system call's name, too.
  if (!('path' in error) && !['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG'].includes(code)) return error;
  if (code === 'ENOENT') return new ImageStoreError('ObjectMissing', 'The image store has no such object.', error);
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) {
    return new ImageStoreError('StoreFull', `The image store is full (${code}).`, error);
  }
  return new ImageStoreError('StoreUnavailable', `The image store cannot be used (${code}).`, error);
}
