import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBroker } from '#testing/broker';
import { startDatabase } from '#testing/database';
import { DatabaseProbe } from '../crash/durable-state.js';
import { CpuMeter } from './cpu-meter.js';
import { Deployment } from './deployment.js';
import { logIn, makeNetwork, pickImage } from './first-requests.js';
import { migrate } from './migrate.js';
import { MixedLoad } from './mixed-load.js';
import { NO_LIMITS } from './no-limits.js';
import { Pod } from './pod.js';
import type { PodTimes } from './pod.js';
import { Service } from './service.js';
import { faultsOf } from './totals.js';

/** Both halves go from the programs of an older version to today's and back, in place of restarts and scaling. */
export interface Upgrade {
  /** Folder of the older version's programs, below the project's root. */
  readonly before: string;
  readonly first: 'gateways' | 'workers';
}

export interface ScaleOptions {
  readonly upgrade?: Upgrade;
  /** Requests a second. */
  readonly rate: number;
  /** Requests that may wait for their answers; beyond that fewer are sent. */
  readonly mostOpen: number;
  /** Time between two changes, with nothing but the load. */
  readonly calmMs: number;
  /** The changes are made again until this much time has passed. 0: once, and without those at the same time. */
  readonly lastsMs: number;
  /** Most workers. */
  readonly workers: number;
  readonly times: PodTimes;
  readonly progress?: (line: string) => void;
  /** Ends the run early: no more changes, and it rejects. */
  readonly signal?: AbortSignal;
}

export interface ScaleResult {
  readonly faults: readonly string[];
  /** What the logs of all pods say of the servers that faults name, and messages that failed. */
  readonly evidence: readonly string[];
  readonly requests: number;
  /** Requests a second that were sent. */
  readonly rate: number;
  readonly created: number;
  readonly podsEnded: number;
  /** Milliseconds. */
  readonly latency: { readonly p50: number; readonly p99: number; readonly max: number };
  /** CPUs in use, by part. */
  readonly cpu: Readonly<Record<string, number>>;
  readonly kinds: Readonly<Record<string, number>>;
}

/** How long what was accepted may take to settle once the load is over. */
const SETTLE_MS = 60_000;

/**
 * Two gateways and one to five workers on RabbitMQ and PostgreSQL under a steady load of reads and writes, while both
 * halves are restarted in turn and the workers are scaled up and down, as Kubernetes does it.
 */
export async function runScaling(options: ScaleOptions): Promise<ScaleResult> {
  const directory = await mkdtemp(join(tmpdir(), 'albireo-scale-'));
  const [broker, database] = await Promise.all([startBroker(), startDatabase()]);
  const shared = {
    OS_DEFAULT__TRANSPORT_URL: broker.url,
    OS_DEFAULT__CONTROL_EXCHANGE: `scale-${process.pid}-${Date.now()}`,
    OS_DEFAULT__RPC_WORKERS: '1',
    OS_DEFAULT__ENABLED_APIS: 'identity,osapi_compute,image,network',
    ...NO_LIMITS,
  };
  const workerEnv = { ...shared, OS_DATABASE__CONNECTION: database.url };
  const folders = { gateways: options.upgrade?.before, workers: options.upgrade?.before };
  const gateways = new Deployment('gateway', (name) =>
    Pod.create(name, 'albireo-gateway', directory, shared, options.times, folders.gateways),
  );
  const workers = new Deployment('worker', (name) =>
    Pod.create(name, 'albireo-worker', directory, workerEnv, options.times, folders.workers),
  );
  const upgradeSteps = ({ before, first }: Upgrade): Step[] => {
    const halves = { gateways, workers };
    const second = first === 'gateways' ? 'workers' : 'gateways';
    const roll = (half: keyof typeof halves, folder: string | undefined) => async (): Promise<void> => {
      folders[half] = folder;
      await halves[half].restart();
    };
    return [
      ['tables of today', () => migrate(directory, workerEnv)],
      [`${first} of today`, roll(first, undefined)],
      [`${second} of today`, roll(second, undefined)],
      [`${second} as before`, roll(second, before)],
      [`${first} as before`, roll(first, before)],
    ];
  };
  const service = new Service(() => gateways.endpoints);
  try {
    await migrate(directory, workerEnv, options.upgrade?.before);
    await Promise.all([gateways.scale(2), workers.scale(options.upgrade === undefined ? 1 : options.workers)]);
    await logIn(service);
    const { rate, mostOpen } = options;
    const load = new MixedLoad(service, await makeNetwork(service), await pickImage(service), rate, mostOpen);
    const cpu = new CpuMeter();
    load.start();
    try {
      const steps = options.upgrade === undefined ? undefined : upgradeSteps(options.upgrade);
      await disturb(options, gateways, workers, steps ?? scaleSteps(options, gateways, workers));
    } finally {
      await load.stop();
    }
    const used = cpu.stop();
    const faults = load.failures.map(({ at, request, found }) => `${at} ms: ${request}: ${found}`);
    faults.push(...(await settle(database.url, load)), ...gateways.faults, ...workers.faults);
    const evidence = faults.length === 0 ? [] : await evidenceOf(faults, database.url, [gateways, workers]);
    return { faults, evidence, ...figures(load), podsEnded: gateways.ended + workers.ended, cpu: used };
  } finally {
    service.close();
    await Promise.all([gateways.stop(), workers.stop()]);
    await Promise.all([broker.stop(), database.stop()]);
    await rm(directory, { recursive: true, force: true });
  }
}

type Step = readonly [string, () => Promise<unknown>];

function scaleSteps(options: ScaleOptions, gateways: Deployment, workers: Deployment): Step[] {
  const steps: Step[] = [
    ['restart the worker', () => workers.restart()],
    [`workers 1 → ${options.workers}`, () => workers.scale(options.workers)],
    ['restart the gateways', () => gateways.restart()],
    [`workers ${options.workers} → 1`, () => workers.scale(1)],
  ];
  if (options.lastsMs > 0) steps.push(['restart both', () => Promise.all([gateways.restart(), workers.restart()])]);
  return steps;
}

async function disturb(
  options: ScaleOptions,
  gateways: Deployment,
  workers: Deployment,
  steps: readonly Step[],
): Promise<void> {
  const begun = performance.now();
  do {
    for (const [what, change] of steps) {
      await sleep(options.calmMs, undefined, options);
      const from = performance.now();
      await change();
      options.signal?.throwIfAborted();
      await Promise.all([gateways.settled(), workers.settled()]);
      const took = Math.round(performance.now() - from);
      options.progress?.(`${Math.round((performance.now() - begun) / 1000)} s: ${what}: ${took} ms`);
    }
  } while (performance.now() - begun < options.lastsMs);
  await sleep(options.calmMs);
}

/** Waits until nothing is under way, and answers what is wrong then. */
async function settle(url: string, load: MixedLoad): Promise<readonly string[]> {
  const probe = await DatabaseProbe.connect(url);
  try {
    const deadline = Date.now() + SETTLE_MS;
    for (;;) {
      const faults = faultsOf(await probe.totals(), load.servers);
      if (faults.length === 0 || Date.now() > deadline) return faults;
      await sleep(200);
    }
  } finally {
    await probe.close();
  }
}

async function evidenceOf(
  faults: readonly string[],
  url: string,
  deployments: readonly Deployment[],
): Promise<readonly string[]> {
  const ids = new Set(faults.flatMap((fault) => fault.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? []));
  const probe = await DatabaseProbe.connect(url);
  try {
    const said = [...ids].slice(0, 10).flatMap((id) => deployments.flatMap((each) => each.linesWith(id)));
    return [...said, ...(await probe.failedMessages())];
  } finally {
    await probe.close();
  }
}

function figures(load: MixedLoad): Pick<ScaleResult, 'requests' | 'rate' | 'created' | 'latency' | 'kinds'> {
  const sorted = load.latencies.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round((sorted[Math.floor((sorted.length - 1) * share)] ?? 0) * 10) / 10;
  return {
    requests: load.sent,
    rate: Math.round(load.sent / (load.elapsedMs / 1000)),
    created: load.servers.accepted.size,
    latency: { p50: at(0.5), p99: at(0.99), max: at(1) },
    kinds: Object.fromEntries(load.counts),
  };
}
