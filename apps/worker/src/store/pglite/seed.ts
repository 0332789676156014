import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { fileURLToPath } from 'node:url';

/** The seed in the source tree, seen from dist/apps/worker/src/store/pglite/. */
export const seedFile = fileURLToPath(new URL('../../../../../../apps/worker/seed/database.tar.br', import.meta.url));

const decompress = promisify(brotliDecompress);

/** The migrated database that a new embedded one begins with, as a tar archive; null where none is shipped. */
export async function loadSeed(): Promise<Blob | null> {
  let packed: Buffer;
  try {
    packed = await readFile(seedFile);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  return new Blob([new Uint8Array(await decompress(packed))]);
}
