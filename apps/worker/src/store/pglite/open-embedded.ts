import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, types } from '@electric-sql/pglite';
import type { PGliteOptions } from '@electric-sql/pglite';
import { isoTimestamp } from '../timestamp.js';
import { lockDirectory } from './directory-lock.js';
import { PglitePool } from './pglite-pool.js';
import { loadSeed } from './seed.js';

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
  const complete = join(directory, 'complete');
  if (existsSync(complete)) return start({ ...options, dataDir });
  // No mark: a first start was killed before anything could be stored; begin anew.
  await rm(dataDir, { recursive: true, force: true });
  const database = await start({ ...options, dataDir, ...(await seedOption()) });
  await writeFile(complete, 'The directory "data" holds a whole database.\n');
  return database;
}

async function seedOption(): Promise<Pick<PGliteOptions, 'loadDataDir'>> {
  const seed = await loadSeed();
  return seed === null ? {} : { loadDataDir: seed };
}

async function start(settings: PGliteOptions): Promise<PGlite> {
  const database = await PGlite.create(settings);
  await database.exec("set time zone 'UTC'; set datestyle to 'ISO'");
  return database;
}
