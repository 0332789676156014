import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from '#testing/broker';
import { startDatabase } from '#testing/database';
import { pssOfTree } from '../process-tree.js';
import { CpuMeter } from '../../test/chaos/cpu-meter.js';
import { logIn, makeNetwork, pickImage } from '../../test/chaos/first-requests.js';
import { migrate } from '../../test/chaos/migrate.js';
import { Pod } from '../../test/chaos/pod.js';
import { Service } from '../../test/chaos/service.js';

/** As many clients as these ask at once, each as soon as it has its answer. */
const CLIENTS = 32;
const TIMES = { drainDelayMs: 0, graceMs: 20_000, probePeriodMs: 500, endpointLagMs: 0 };

export interface Point {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds of CPU for one read, by part. */
  readonly cpu: Readonly<Record<string, number>>;
  /** PSS in MiB, after the load, with what the process is. */
  readonly memory: readonly string[];
  /** PSS in MiB of each half, all its processes. */
  readonly mib: { readonly gateway: number; readonly worker: number };
}

/** One gateway with so many processes of the Compute API and one worker with so many processes, under reads. */
export async function runPoint(apiWorkers: number, rpcWorkers: number, forMs: number): Promise<Point> {
  const directory = await mkdtemp(join(tmpdir(), 'albireo-bench-'));
  const [broker, database] = await Promise.all([startBroker(), startDatabase()]);
  const env = {
    OS_DEFAULT__TRANSPORT_URL: broker.url,
    OS_DEFAULT__ENABLED_APIS: 'identity,osapi_compute,image,network',
    OS_DEFAULT__OSAPI_COMPUTE_WORKERS: String(apiWorkers),
    OS_DEFAULT__RPC_WORKERS: String(rpcWorkers),
    OS_DATABASE__CONNECTION: database.url,
  };
  const pods: Pod[] = [];
  const service = new Service(() => pods.filter((pod) => pod.isEndpoint && pod.name === 'gateway'));
  try {
    await migrate(directory, env);
    pods.push(await Pod.create('worker', 'albireo-worker', directory, env, TIMES));
    pods.push(await Pod.create('gateway', 'albireo-gateway', directory, env, TIMES));
    await Promise.all(pods.map((pod) => pod.untilReady()));
    await logIn(service);
    const path = await makeServer(service);
    await load(service, path, forMs / 4);
    const cpu = new CpuMeter();
    const sorted = (await load(service, path, forMs)).toSorted((a, b) => a - b);
    const used = cpu.stop();
    const at = (share: number): number => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
    const rate = Math.round(sorted.length / (forMs / 1000));
    const each = Object.entries(used).map(([part, cpus]) => [part, (cpus * 1000) / rate] as const);
    const memory = pods.flatMap(memoryOf);
    const sum = (name: string): number =>
      Math.round(pods.filter((pod) => pod.name === name).reduce((mib, pod) => mib + pssOfTree(pod.pid ?? 0), 0));
    const mib = { gateway: sum('gateway'), worker: sum('worker') };
    return { rate, p50: at(0.5), p99: at(0.99), cpu: Object.fromEntries(each), memory, mib };
  } finally {
    service.close();
    await Promise.all(pods.map((pod) => pod.terminate()));
    await Promise.all([broker.stop(), database.stop()]);
    await rm(directory, { recursive: true, force: true });
  }
}

/** Answers the path of a server with a port. */
async function makeServer(service: Service): Promise<string> {
  const networks = [{ uuid: await makeNetwork(service) }];
  const server = { name: 'bench', imageRef: await pickImage(service), flavorRef: '1', networks };
  const { status, text } = await service.send('osapi_compute', 'POST', '/v2.1/servers', { server });
  if (status !== 202) throw new Error(`${status} ${text}`);
  return `/v2.1/servers/${(JSON.parse(text) as { server: { id: string } }).server.id}`;
}

/** Milliseconds of each read. */
async function load(service: Service, path: string, forMs: number): Promise<number[]> {
  const end = performance.now() + forMs;
  const latencies: number[] = [];
  const client = async (): Promise<void> => {
    for (let begun = performance.now(); begun < end; begun = performance.now()) {
      const { status, text } = await service.send('osapi_compute', 'GET', path);
      if (status !== 200) throw new Error(`${status} ${text}`);
      latencies.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return latencies;
}

function memoryOf(pod: Pod): string[] {
  const children = readFileSync(`/proc/${pod.pid}/task/${pod.pid}/children`, 'utf8').split(' ').filter(Boolean);
  return [String(pod.pid), ...children].map((pid) => {
    const title = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
    const what = pid === String(pod.pid) ? `${pod.name} parent` : (title[0] ?? '');
    const pss = Number(/^Pss:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) / 1024;
    return `${what} ${Math.round(pss)}`;
  });
}
