// From exec to the first answer, and what the processes then have used: ours beside nova-api where it is installed.
//   node dist/bench/startup/run.js [ROUNDS]
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '#testing/free-port';
import type { Contender, Measurement } from './contender.js';
import { measure } from './measure.js';

const rounds = Number(process.argv[2] ?? 3);
const gateway = fileURLToPath(new URL('../../apps/gateway/src/main.js', import.meta.url));
const novaApi = '/usr/bin/nova-api';
const neutronServer = '/usr/bin/neutron-server';
const novaPaste = '/etc/nova/api-paste.ini';

function ours(workers: number, port: number): Contender {
  const env = {
    // Nobody listens there: the APIs start, and are asked for what needs no worker.
    OS_DEFAULT__TRANSPORT_URL: 'rabbit://guest:guest@127.0.0.1:1/',
    OS_IDENTITY__SIGNING_KEYS: 'a-key-of-this-benchmark-which-is-long-enough',
    OS_HEALTH__PORT: '-1',
    OS_DEFAULT__ENABLED_APIS: 'osapi_compute',
    OS_DEFAULT__OSAPI_COMPUTE_LISTEN: '127.0.0.1',
    OS_DEFAULT__OSAPI_COMPUTE_LISTEN_PORT: String(port),
    OS_DEFAULT__OSAPI_COMPUTE_WORKERS: String(workers),
  };
  return { name: 'albireo-gateway', workers, command: [process.execPath, gateway], env, port, path: '/' };
}

async function nova(workers: number, port: number, folder: string): Promise<Contender> {
  const file = join(folder, `nova-${workers}.conf`);
  const lines = [
    '[DEFAULT]',
    'enabled_apis = osapi_compute',
    'osapi_compute_listen = 127.0.0.1',
    `osapi_compute_listen_port = ${port}`,
    `osapi_compute_workers = ${workers}`,
    'transport_url = fake://',
    `state_path = ${folder}`,
    '[api_database]',
    `connection = sqlite:///${folder}/api.sqlite`,
    '[database]',
    `connection = sqlite:///${folder}/nova.sqlite`,
    '[wsgi]',
    `api_paste_config = ${novaPaste}`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  return { name: 'nova-api', workers, command: [novaApi, '--config-file', file], env: {}, port, path: '/' };
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
    'CPU ms': Math.round(median(results.map((result) => result.cpuMs))),
    'PSS MiB': Math.round(median(results.map((result) => result.pssMiB))),
  };
}

const folder = await mkdtemp(join(tmpdir(), 'albireo-startup-'));
try {
  const makers: (() => Promise<Contender>)[] = [];
  for (const workers of [1, 4]) {
    makers.push(async () => ours(workers, (await freePorts(1))[0] ?? 0));
    if (existsSync(novaApi)) makers.push(async () => nova(workers, (await freePorts(1))[0] ?? 0, folder));
  }
  if (!existsSync(novaApi)) console.log(`nova-api is not measured: there is no ${novaApi}`);
  const why = existsSync(neutronServer) ? 'it starts with MariaDB only' : `there is no ${neutronServer}`;
  console.log(`neutron-server is not measured: ${why}`);
  console.log(
    `load of the machine at the start: ${loadavg()
      .map((load) => load.toFixed(2))
      .join(' ')}`,
  );
  const rows: Record<string, string | number>[] = [];
  for (const make of makers) {
    const results: Measurement[] = [];
    for (let round = 0; round < rounds; round += 1) results.push(await measure(await make()));
    rows.push(row(results));
  }
  console.table(rows);
} finally {
  await rm(folder, { recursive: true });
}
