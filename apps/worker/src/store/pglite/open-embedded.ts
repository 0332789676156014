import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { PGliteOptions } from '@electric-sql/pglite';
import { PGlite } from '@electric-sql/pglite';
import type { Client } from 'pg';
import { makeDirectory } from '#libs/config';
import { DiskGuard } from './disk-guard.js';
import { lockDirectory } from './directory-lock.js';
import { PglitePool } from './pglite-pool.js';
import { connectEmbedded } from './pglite-stream.js';
import { loadSeed, unpackTar } from './seed.js';

export interface EmbeddedDatabase {
  readonly pool: PglitePool;
  /** Null for a database in memory. */
  readonly guard: DiskGuard | null;
  close(): Promise<void>;
}

/**
 * One connection does not need buffers for a hundred. The files are in the memory of this process already, so a second
 * copy of 128 MiB is not needed. These settings save a small cloud a hundred MiB.
 */
const START_PARAMETERS = ['shared_buffers=8MB', 'max_connections=5', 'wal_buffers=256kB'];

const options: PGliteOptions = {
  startParams: [...PGlite.defaultStartParams, ...START_PARAMETERS.flatMap((parameter) => ['-c', parameter])],
};

/**
 * The optimizing compiler of WebAssembly takes seconds of CPU time and a hundred MiB to make queries a sixth cheaper; a
 * small cloud never gains that back (docs/scale.md). V8 reads the flags when PGlite is compiled.
 */
const V8_FLAGS = ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering'];

/**
 * Opens PGlite in a directory, or in memory for null. A new database begins with the shipped seed. The seed is already
 * migrated and saves the seconds that creating a database takes.
 */
export async function openEmbedded(
  directory: string | null,
  onCondition: () => void,
  freeBytesOf?: (directory: string) => Promise<number>,
): Promise<EmbeddedDatabase> {
  if (directory === null) {
    const database = await start({ ...options, ...(await seedOption()) });
    const client = await connectEmbedded(database);
    return { pool: new PglitePool(client), guard: null, close: () => close(client, database) };
  }
  makeDirectory(directory, 0o700);
  const lock = await lockDirectory(join(directory, 'lock'));
  try {
    const database = await openDirectory(directory);
    const client = await connectEmbedded(database);
    const guard = new DiskGuard(directory, onCondition, freeBytesOf);
    return {
      pool: new PglitePool(client, guard),
      guard,
      close: async () => {
        try {
          await close(client, database);
        } finally {
          await lock.release();
        }
      },
    };
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

/** Creates the database under another name first, so that a killed start leaves no directory that looks complete. */
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
  return seed === null ? {} : { loadDataDir: new Blob([seed]) };
}

async function start(settings: PGliteOptions): Promise<PGlite> {
  for (const flag of V8_FLAGS) setFlagsFromString(flag);
  const database = await PGlite.create(settings);
  await database.exec("set time zone 'UTC'; set datestyle to 'ISO'");
  return database;
}

async function close(client: Client, database: PGlite): Promise<void> {
  await client.end();
  await database.close();
}
