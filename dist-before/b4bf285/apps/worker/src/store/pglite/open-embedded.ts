import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, types } from '@electric-sql/pglite';
import type { PGliteOptions } from '@electric-sql/pglite';
import { isoTimestamp } from '../timestamp.js';
import { lockDirectory } from './directory-lock.js';
import { PglitePool } from './pglite-pool.js';
import { loadSeed } from './seed.js';
import { unpackTar } from './unpack-tar.js';

export interface EmbeddedDatabase {
  readonly pool: PglitePool;
  close(): Promise<void>;
}

const options: PGliteOptions = {
  parsers: { [types.INT8]: Number, [types.TIMESTAMPTZ]: isoTimestamp },
};

/**
 * PGlite in a directory, or in memory for null. A new one begins with the shipped seed, which is already migrated
 * and saves the seconds that creating a database takes.
 */
export async function openEmbedded(directory: string | null): Promise<EmbeddedDatabase> {
  if (directory === null) {
    const database = await start({ ...options, ...(await seedOption()) });
    return { pool: new PglitePool(database), close: () => database.close() };
  }
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lock = await lockDirectory(join(directory, 'lock'));
  try {
    const database = await openDirectory(directory);
    const close = async (): Promise<void> => {
      try {
        await database.close();
      } finally {
        await lock.release();
      }
    };
    return { pool: new PglitePool(database), close };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openDirectory(directory: string): Promise<PGlite> {
  const dataDir = join(directory, 'data');
  if (!existsSync(dataDir)) await prepare(directory, dataDir);
  return start({ ...options, dataDir });
}

/** Makes the database under another name first: a start that is killed leaves nothing that looks like a whole one. */
async function prepare(directory: string, dataDir: string): Promise<void> {
  const draft = join(directory, 'data.new');
  await rm(draft, { recursive: true, force: true });
  const seed = await loadSeed();
  if (seed === null) await (await PGlite.create({ dataDir: draft })).close();
  else unpackTar(seed, draft);
  await rename(draft, dataDir);
}

async function seedOption(): Promise<Pick<PGliteOptions, 'loadDataDir'>> {
  const seed = await loadSeed();
  return seed === null ? {} : { loadDataDir: new Blob([new Uint8Array(seed)]) };
}

async function start(settings: PGliteOptions): Promise<PGlite> {
  const database = await PGlite.create(settings);
  await database.exec("set time zone 'UTC'; set datestyle to 'ISO'");
  return database;
}
