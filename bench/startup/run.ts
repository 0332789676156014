// From exec to the first answer, and what the processes then have used: a whole cloud, and our APIs beside nova-api and
// neutron-server where they are installed.
//   node dist/bench/startup/run.js [ROUNDS]
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '#testing/free-port';
import { programFile } from '#testing/program';
import type { Contender, Measurement } from './contender.js';
import { measure } from './measure.js';
import { peers } from './peers.js';

const rounds = Number(process.argv[2] ?? 3);
const bundler = fileURLToPath(new URL('../../../tools/bundle.mjs', import.meta.url));

function ours(folder: 'dist' | 'bundle', api: 'osapi_compute' | 'network', workers: number, port: number): Contender {
  const option = `OS_DEFAULT__${api.toUpperCase()}`;
  const env = {
    // Nobody listens there: the APIs start, and are asked for what needs no worker.
    OS_DEFAULT__TRANSPORT_URL: 'rabbit://guest:guest@127.0.0.1:1/',
    OS_IDENTITY__SIGNING_KEYS: 'a-key-of-this-benchmark-which-is-long-enough',
    OS_HEALTH__PORT: '-1',
    OS_DEFAULT__ENABLED_APIS: api,
    [`${option}_LISTEN`]: '127.0.0.1',
    [`${option}_LISTEN_PORT`]: String(port),
    [`${option}_WORKERS`]: String(workers),
  };
  const name = `albireo-gateway ${api}${folder === 'bundle' ? ', bundled' : ''}`;
  return { name, workers, command: [process.execPath, programFile('albireo-gateway', folder)], env, port, path: '/' };
}

/** Where the control port, which is opened last, lies among the ports of a cloud. */
const CONTROL_AT = 6;

/** A whole cloud of its own in one process: five APIs, worker, database, control port. */
function cloud(folder: 'dist' | 'bundle', port: number, home: string): Contender {
  const name = `albireo start --ephemeral${folder === 'bundle' ? ', bundled' : ''}`;
  const flags = ['start', '--ephemeral', '--name', 'bench', '--port-base', String(port - CONTROL_AT)];
  const command = [process.execPath, programFile('albireo', folder), ...flags];
  return { name, workers: 1, command, env: { XDG_RUNTIME_DIR: home }, port, path: '/' };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function row(results: readonly Measurement[]): Record<string, string | number> {
  const [first] = results;
  return {
    program: first?.name ?? '',
    workers: first?.workers ?? 0,
    processes: first?.processes ?? 0,
    'first answer ms': Math.round(median(results.map((result) => result.firstAnswerMs))),
    best: Math.round(Math.min(...results.map((result) => result.firstAnswerMs))),
    'CPU ms': Math.round(median(results.map((result) => result.cpuMs))),
    'PSS MiB': Math.round(median(results.map((result) => result.pssMiB))),
  };
}

const load = (): string =>
  loadavg()
    .map((average) => average.toFixed(2))
    .join(' ');

const folder = await mkdtemp(join(tmpdir(), 'albireo-startup-'));
try {
  execFileSync(process.execPath, [bundler], { stdio: 'inherit' });
  const makers: ((port: number) => Contender | Promise<Contender>)[] = [];
  for (const form of ['dist', 'bundle'] as const) makers.push((port) => cloud(form, port, folder));
  for (const workers of [1, 4]) {
    for (const api of ['osapi_compute', 'network'] as const) {
      makers.push((port) => ours('dist', api, workers, port));
      makers.push((port) => ours('bundle', api, workers, port));
    }
    for (const peer of peers) {
      if (peer.missing === undefined) makers.push((port) => peer.make(workers, port, folder));
    }
  }
  for (const { name, missing } of peers) {
    if (missing !== undefined) console.log(`${name} is not measured: ${missing}`);
  }
  console.log(`load of the machine at the start: ${load()}`);
  const results = makers.map((): Measurement[] => []);
  // In turn, so that what else the machine does falls on all of them.
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, make] of makers.entries()) {
      const [port = 0] = await freePorts(1);
      results[at]?.push(await measure(await make(port)));
    }
  }
  console.table(results.map(row));
  console.log(`and at the end: ${load()}`);
} finally {
  await rm(folder, { recursive: true });
}
