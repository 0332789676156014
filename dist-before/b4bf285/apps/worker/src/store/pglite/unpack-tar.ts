import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const BLOCK = 512;

/** One entry of an archive; `data` of a folder is empty. */
export interface TarEntry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly data: Buffer;
}

/** The entries of a POSIX tar archive of files and folders, which is what PGlite dumps. Throws RangeError for another. */
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
 * Writes an archive's files below `folder`, for their owner alone. Synchronous: it runs once, before anything else does,
 * and a thousand small files cost six times as much through the thread pool.
 */
export function unpackTar(archive: Buffer, folder: string): void {
  const made = new Set<string>();
  const makeFolder = (path: string): void => {
    if (made.has(path)) return;
    mkdirSync(path, { recursive: true, mode: 0o700 });
    made.add(path);
  };
  for (const { name, isFolder, data } of tarEntries(archive)) {
    // normalize of an absolute path cannot climb out.
    const path = join(folder, normalize(`/${name}`));
    makeFolder(isFolder ? path : dirname(path));
    if (!isFolder) writeFileSync(path, data, { mode: 0o600 });
  }
}
