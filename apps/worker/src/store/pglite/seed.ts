import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { fileURLToPath } from 'node:url';

/** The seed, which the build puts beside the compiled worker. */
export const seedFile = fileURLToPath(new URL('../../../seed/database.tar.br', import.meta.url));

const decompress = promisify(brotliDecompress);

/** The migrated database that a new embedded one begins with, as a tar archive; null where none is shipped. */
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

/** The hash of the migrations as they are built: the build makes a seed of another hash again. */
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
