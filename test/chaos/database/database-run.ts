import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBroker } from '#testing/broker';
import { DatabaseProbe } from '../../crash/durable-state.js';
import { logIn, makeNetwork, pickImage } from '../first-requests.js';
import { migrate } from '../migrate.js';
import { MixedLoad } from '../mixed-load.js';
import { Pod } from '../pod.js';
import { NO_LIMITS } from '../no-limits.js';
import { Service } from '../service.js';
import { faultsOf } from '../totals.js';
import { ReadinessWatch, TABLE_HEAD, faultsOfOutcome, measure, rowOf } from './measure.js';
import type { Outcome } from './measure.js';
import type { Site } from './site.js';

export interface DatabaseRunOptions {
  /** Requests a second. */
  readonly rate: number;
  /** Time with nothing but the load between two troubles. */
  readonly calmMs: number;
  /** Only troubles whose name has one of these in it. @default all */
  readonly only?: readonly string[];
  readonly progress?: (line: string) => void;
  /** Given what the programs have logged when something was wrong. */
  readonly onFaults?: (logs: readonly { readonly name: string; readonly log: string }[]) => void;
  readonly signal?: AbortSignal;
  /** Milliseconds after which no further trouble is begun; those left out are faults. @default none */
  readonly limitMs?: number;
}

export interface DatabaseRunResult {
  readonly faults: readonly string[];
  readonly outcomes: readonly Outcome[];
  readonly requests: number;
  readonly created: number;
}

const SETTLE_MS = 60_000;
const TIMES = { drainDelayMs: 0, graceMs: 75_000, probePeriodMs: 500, endpointLagMs: 300 };

/** A gateway and two workers under a steady load, while a site's database or broker goes away in one way after another. */
export async function runDatabaseChaos(site: Site, options: DatabaseRunOptions): Promise<DatabaseRunResult> {
  const directory = await mkdtemp(join(tmpdir(), 'albireo-chaos-'));
  const broker = site.brokerEnv === undefined ? await startBroker() : undefined;
  const shared = {
    ...(broker === undefined ? site.brokerEnv : { OS_DEFAULT__TRANSPORT_URL: broker.url }),
    OS_DEFAULT__CONTROL_EXCHANGE: `chaos-${process.pid}-${Date.now()}`,
    OS_DEFAULT__RPC_WORKERS: '1',
    OS_DEFAULT__ENABLED_APIS: 'identity,osapi_compute,image,network',
    ...NO_LIMITS,
  };
  const workerEnv = { ...shared, ...site.env };
  const pods: Pod[] = [];
  const start = async (name: string, program: 'albireo-gateway' | 'albireo-worker'): Promise<Pod> => {
    const env = program === 'albireo-worker' ? workerEnv : shared;
    const pod = await Pod.create(name, program, directory, env, TIMES);
    pods.push(pod);
    await pod.untilReady();
    return pod;
  };
  let service: Service | undefined;
  try {
    await migrate(directory, workerEnv);
    const [gateway, ...workers] = await Promise.all([
      start('gateway', 'albireo-gateway'),
      start('worker-1', 'albireo-worker'),
      start('worker-2', 'albireo-worker'),
    ]);
    // As many connections as a load may need that is not answered.
    service = new Service(() => [gateway], 2_000);
    await logIn(service);
    const { rate } = options;
    const load = new MixedLoad(service, await makeNetwork(service), await pickImage(service), rate, rate * 60);
    const { outcomes, faults } = await disturb(site, load, workers, options);
    faults.push(...(await settle(site, load)), ...pods.flatMap(crashesOf));
    const created = load.servers.accepted.size;
    if (faults.length > 0) options.onFaults?.(pods.map(({ name, log }) => ({ name, log })));
    return { faults, outcomes, requests: load.sent, created };
  } finally {
    service?.close();
    await Promise.all(pods.map((pod) => pod.terminate()));
    await broker?.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function disturb(
  site: Site,
  load: MixedLoad,
  workers: readonly Pod[],
  { calmMs, only, progress, signal, limitMs = Infinity }: DatabaseRunOptions,
): Promise<{ outcomes: Outcome[]; faults: string[] }> {
  const outcomes: Outcome[] = [];
  const found: string[] = [];
  const watch = new ReadinessWatch(workers);
  const until = performance.now() + limitMs;
  load.start();
  try {
    progress?.(TABLE_HEAD);
    for (const trouble of site.troubles) {
      if (only !== undefined && only.length > 0 && !only.some((part) => trouble.name.includes(part))) continue;
      if (performance.now() > until) {
        found.push(`${trouble.name}: not begun, time is up after ${limitMs} ms`);
        continue;
      }
      await sleep(calmMs, undefined, signal === undefined ? {} : { signal });
      const before = load.failures.length;
      const outcome = await measure(trouble.name, load, watch, () => trouble.run());
      outcomes.push(outcome);
      found.push(...faultsOfOutcome(outcome, load.failures.slice(before), trouble.bounds));
      progress?.(rowOf(outcome));
    }
    await sleep(calmMs);
    found.push(...((await site.lastLook?.()) ?? []));
  } finally {
    watch.stop();
    await load.stop();
  }
  return { outcomes, faults: found };
}

/** What a launcher says of workers that ended by themselves. */
function crashesOf(pod: Pod): string[] {
  const lines = pod.log.split('\n').filter((line) => /exited with status [1-9]|killed by signal/.test(line));
  return lines.map((line) => `${pod.name}: ${line}`);
}

/** Waits until nothing is under way, and answers what is wrong then. */
async function settle(site: Site, load: MixedLoad): Promise<readonly string[]> {
  const probe = await DatabaseProbe.connect(site.truthUrl());
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
