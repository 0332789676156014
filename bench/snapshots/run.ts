// Snapshots by the thousand: each round makes one, changes the cloud, puts it back and removes it. Says how long that
// takes and whether database and memory grow. Exits 1 where the second half of the rounds found them larger than the
// first by more than a tenth.
//   npm run bench:snapshots [-- ROUNDS [embedded|postgresql]]
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudClient } from '#testing/cloud-client';
import { CloudCommand } from '#testing/cloud-command';
import { startDatabase } from '#testing/database';
import { query } from '#testing/database-server';
import { pssOfTree } from '../process-tree.js';

const [rounds, form] = [Number(process.argv[2] ?? 1000), process.argv[3] ?? 'embedded'];
if (!(rounds >= 10) || !['embedded', 'postgresql'].includes(form)) {
  console.error('expected a number of rounds from 10 on, and embedded or postgresql');
  process.exit(2);
}
const albireo = new CloudCommand();
const database = form === 'postgresql' ? await startDatabase() : undefined;
const state = await mkdtemp(join(tmpdir(), 'albireo-bench-'));

/** MiB of the files of a folder: of the tables, since the log of changes grows to `max_wal_size` whatever is done. */
async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(
    names.map(async (name) => (await stat(join(folder, name)).catch(() => ({ size: 0 }))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0) / 1024 / 1024;
}

async function databaseMiB(): Promise<number> {
  if (database === undefined) return sizeOf(join(state, 'database', 'data', 'base'));
  const rows = await query(database.url, 'select pg_database_size(current_database())::float8 as bytes');
  return (rows[0] as { bytes: number }).bytes / 1024 / 1024;
}

const quantile = (sorted: readonly number[], share: number): string =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toString();

let failed = false;
try {
  const env: Record<string, string> = database === undefined ? {} : { OS_DATABASE__CONNECTION: database.url };
  if (database !== undefined) {
    const synced = await albireo.manage(['db', 'sync'], env);
    if (synced.code !== 0) throw new Error(synced.err);
  }
  const at = ['--name', 'bench', '--state-path', state, '--port-base', '0', '--seed', 'devstack'];
  const started = await albireo.succeed(['start', '--detach', ...at], env);
  const pid = Number(/\(process (\d+)\)/.exec(started)?.[1]);
  const variables = await albireo.variables('bench');
  const cloud = await new CloudClient(variables).logIn();
  const times = { create: [] as number[], restore: [] as number[] };
  const sizes: { database: number; memory: number }[] = [];
  const timed = async (what: keyof typeof times, path: string, body?: object): Promise<void> => {
    const began = performance.now();
    const { status, body: answer } = await cloud.control('POST', path, body);
    times[what].push(performance.now() - began);
    if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(answer)}`);
  };
  const weigh = async (round: number): Promise<void> => {
    const found = { database: await databaseMiB(), memory: pssOfTree(pid) };
    sizes.push(found);
    console.log(`after ${round}: database ${found.database.toFixed(1)} MiB, memory ${found.memory.toFixed(0)} MiB`);
  };
  const began = performance.now();
  console.log(`${form}, ${rounds} rounds; Node ${process.version}; load before: ${loadavg()[0]?.toFixed(1)}`);
  for (let round = 0; round < rounds; round += 1) {
    if (round % Math.max(1, Math.floor(rounds / 10)) === 0) await weigh(round);
    await timed('create', '/snapshots', { name: `round-${round}` });
    const { status } = await cloud.api('network', 'POST', '/v2.0/networks', { network: { name: `of-${round}` } });
    if (status !== 201) throw new Error(`a network: ${status}`);
    await timed('restore', `/snapshots/round-${round}/restore`);
    await cloud.control('DELETE', `/snapshots/round-${round}`);
  }
  await weigh(rounds);
  const { body } = await cloud.api('network', 'GET', '/v2.0/networks?fields=name');
  const left = (body as { networks: { name: string }[] }).networks.filter(({ name }) => name.startsWith('of-'));
  if (left.length > 0) throw new Error(`of the states that were left something stayed: ${left.length} networks`);
  for (const [what, all] of Object.entries(times)) {
    const sorted = all.toSorted((a, b) => a - b);
    console.log(
      `${what}: median ${quantile(sorted, 0.5)} ms, 95 % ${quantile(sorted, 0.95)}, most ${quantile(sorted, 1)}`,
    );
  }
  console.log(`in all ${((performance.now() - began) / 1000).toFixed(0)} s`);
  for (const what of ['database', 'memory'] as const) {
    const series = sizes.map((one) => one[what]);
    // The first rounds fill what a sweep later gives back for use again.
    const half = Math.floor(series.length / 2);
    const [early, late] = [Math.max(...series.slice(1, half + 1)), Math.max(...series.slice(half + 1))];
    if (late > early * 1.1) {
      failed = true;
      console.error(
        `${what} grows: ${early.toFixed(1)} MiB at most in the first half, ${late.toFixed(1)} in the second`,
      );
    }
  }
} finally {
  await albireo.close();
  await database?.stop();
  await rm(state, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
