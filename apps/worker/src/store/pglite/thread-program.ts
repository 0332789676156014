// The program of the thread that has the embedded database: it opens PGlite, then answers messages of PostgreSQL's protocol.
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import type { PGliteOptions } from '@electric-sql/pglite';
import { PGlite } from '@electric-sql/pglite';
import { exchangeWith } from './raw-exchange.js';
import { loadSeed, unpackTar } from './seed.js';
import type { ThreadAnswer, ThreadData, ThreadQuestion } from './pglite-thread.js';

/**
 * One connection needs no room for a hundred, and what lies in the memory of this process already needs no second copy
 * of 128 MiB beside it: with these a small cloud weighs a hundred MiB less.
 */
const START_PARAMETERS = ['shared_buffers=8MB', 'max_connections=5', 'wal_buffers=256kB'];

const options: PGliteOptions = {
  startParams: [...PGlite.defaultStartParams, ...START_PARAMETERS.flatMap((parameter) => ['-c', parameter])],
};

/**
 * The optimizing compiler of WebAssembly takes seconds of CPU and a hundred MiB to make queries cheaper by a sixth, which
 * a small cloud never earns back (docs/scale.md). Read by V8 when PGlite is compiled.
 */
const V8_FLAGS = ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering'];

/**
 * PGlite in a directory, or in memory for null. A new one begins with the shipped seed, which is already migrated
 * and saves the seconds that creating a database takes.
 */
async function open(directory: string | null): Promise<PGlite> {
  for (const flag of V8_FLAGS) setFlagsFromString(flag);
  const where = directory === null ? await seedOption() : { dataDir: await prepared(directory) };
  const database = await PGlite.create({ ...options, ...where });
  await database.exec("set time zone 'UTC'; set datestyle to 'ISO'");
  return database;
}

async function seedOption(): Promise<Pick<PGliteOptions, 'loadDataDir'>> {
  const seed = await loadSeed();
  return seed === null ? {} : { loadDataDir: new Blob([seed]) };
}

/** Makes the database under another name first: a start that is killed leaves nothing that looks like a whole one. */
async function prepared(directory: string): Promise<string> {
  const dataDir = join(directory, 'data');
  if (existsSync(dataDir)) return dataDir;
  const draft = join(directory, 'data.new');
  await rm(draft, { recursive: true, force: true });
  const seed = await loadSeed();
  if (seed === null) await (await PGlite.create({ dataDir: draft })).close();
  else unpackTar(seed, draft);
  await rename(draft, dataDir);
  return dataDir;
}

const port = parentPort;
if (port === null) throw new Error('thread-program: it is the program of a thread, not of a process');
const answer = (what: ThreadAnswer, moved: readonly ArrayBuffer[] = []): void => port.postMessage(what, moved);

const database = await open((workerData as ThreadData).directory);
const exchange = exchangeWith(database);
port.on('message', (question: ThreadQuestion) => {
  if (question === 'close') {
    void database.close().finally(() => port.close());
    return;
  }
  exchange(question).then(
    (bytes) => answer({ bytes }, bytes === null ? [] : [bytes.buffer as ArrayBuffer]),
    (error: unknown) => answer({ error: error instanceof Error ? error : new Error(String(error)) }),
  );
});
answer('open');
