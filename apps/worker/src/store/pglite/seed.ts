import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { mkdirSync, writeFileSync } from 'node:fs';

const BLOCK = 512;

/** One entry of an archive; `data` is empty for a folder. */
interface TarEntry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly data: Buffer;
}

/**
 * The entries of a POSIX tar archive of files and folders, as PGlite dumps it. Throws RangeError for any other archive.
 */
export function* tarEntries(archive: Buffer): Generator<TarEntry> {
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== 0;) {
    const field = (from: number, length: number): string => {
      const text = archive.toString('utf8', at + from, at + from + length);
      return text.replace(/\0[^]*$/, '');
    };
    const size = Number.parseInt(field(124, 12).trim() || '0', 8);
    const kind = field(156, 1);
    if (!['', '0', '5'].includes(kind) || !Number.isSafeInteger(size) || at + BLOCK + size > archive.length) {
      throw new RangeError(`tar archive: unusable entry "${field(0, 100)}" at byte ${at}`);
    }
    const prefix = field(345, 155);
    const name = prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`;
    yield { name, isFolder: kind === '5', data: archive.subarray(at + BLOCK, at + BLOCK + size) };
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/**
 * Writes an archive's files below `folder`, readable by their owner only. Synchronous: it runs once, before everything
 * else, and a thousand small files cost six times as much through the thread pool.
 */
export function unpackTar(archive: Buffer, folder: string): void {
  const made = new Set<string>();
  const makeFolder = (path: string): void => {
    if (made.has(path)) return;
    mkdirSync(path, { recursive: true, mode: 0o700 });
    made.add(path);
  };
  for (const { name, isFolder, data } of tarEntries(archive)) {
    // normalize of an absolute path never leaves the root.
    const path = join(folder, normalize(`/${name}`));
    makeFolder(isFolder ? path : dirname(path));
    if (!isFolder) writeFileSync(path, data, { mode: 0o600 });
  }
}

/** The seed; the build puts it beside the compiled worker. */
export const seedFile = fileURLToPath(new URL('../../../seed/database.tar.br', import.meta.url));

const decompress = promisify(brotliDecompress);

/** The migrated database with which a new embedded one begins, as a tar archive; null if none is shipped. */
export async function loadSeed(): Promise<Buffer | null> {
  let packed: Buffer;
  try {
    packed = await readFile(seedFile);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  return decompress(packed);
}

/** The hash of the built migrations: if the seed has another hash, the build makes it again. */
export async function migrationsHash(): Promise<string> {
  const folder = fileURLToPath(new URL('../migrations/', import.meta.url));
  const files = (await readdir(folder)).filter((name) => /^\d{4}(\d{4})?-[a-z0-9-]+\.js$/.test(name)).toSorted();
  const hash = createHash('sha256');
  for (const name of files) {
    const text = await readFile(join(folder, name), 'utf8');
    hash.update(`${name}\n${text.replaceAll(/\s+/g, ' ')}\n`);
  }
  return hash.digest('hex');
}
