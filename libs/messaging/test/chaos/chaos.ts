import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startBroker } from '#testing/broker';
import { connect } from 'amqplib';
import type { ChaosMessage } from './chaos-contract.js';
import { ChaosLedger } from './chaos-ledger.js';
import { StallingProxy } from './stalling-proxy.js';

type Report = Extract<ChaosMessage, { readonly kind: 'report' }>;

export interface ChaosOptions {
  /** Number of repetitions of each disturbance. */
  readonly rounds: number;
  readonly callsPerSecond: number;
  /** Undisturbed time between disturbances. */
  readonly loadMs: number;
  /** How long the network moves nothing at the end; after more than 8 s the heartbeats fail. */
  readonly silenceMs: number;
}

export interface ChaosResult {
  readonly answered: number;
  readonly failed: Readonly<Record<string, number>>;
  /** Replies that were delivered to another caller. */
  readonly wrong: number;
  /** Calls that were open more than a second beyond their deadline. */
  readonly overdue: number;
  /** Calls open after the last deadline. */
  readonly open: number;
  readonly casts: { readonly lost: number; readonly repeated: number; readonly confirmed: number };
  /** From the end of each disturbance to the next answered call, in ms. */
  readonly recoveries: readonly { readonly step: string; readonly ms: number }[];
  /** Growth of the heap of the surviving client, after collection, in bytes. */
  readonly heapGrowth: number;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const recoveryLimitMs = 60_000;

/** Two workers and two clients under load, and all disturbances. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { rounds, callsPerSecond, loadMs, silenceMs } = options;
  const broker = await startBroker({ own: true });
  const proxy = await StallingProxy.to(broker.port);
  const workerProxy = await StallingProxy.to(broker.port);
  const exchange = 'chaos';
  const ledger = new ChaosLedger();
  const failed: Record<string, number> = {};
  const total = { answered: 0, wrong: 0, overdue: 0 };
  const seen = new Map<ChildProcess, Report>();

  function answer(child: ChildProcess, message: ChaosMessage): void {
    if (message.kind === 'cast') ledger.sent(message.uniqueId, message.confirmed);
    else if (message.kind === 'claim') {
      child.send({ id: message.id, answer: ledger.claim(message.uniqueId, message.leaseMs) });
    } else if (message.kind === 'effect') {
      ledger.effect(message.uniqueId, message.token);
      child.send({ id: message.id, answer: null });
    } else if (message.kind === 'fail') {
      ledger.fail(message.uniqueId, message.token);
      child.send({ id: message.id, answer: null });
    } else if (message.kind === 'report') seen.set(child, message);
  }

  function start(file: string, args: readonly string[]): ChildProcess {
    const path = fileURLToPath(new URL(file, import.meta.url));
    const child = fork(path, [...args], { execArgv: ['--expose-gc'] });
    child.on('message', (message) => answer(child, message as ChaosMessage));
    child.on('error', () => undefined);
    return child;
  }

  const via = (way: StallingProxy): string => broker.url.replace(`:${broker.port}`, `:${way.port}`);
  const startWorker = (index: number): ChildProcess => {
    const url = index === 0 ? broker.url : via(workerProxy);
    return start('chaos-worker.js', [url, exchange, `w${index + 1}`]);
  };
  // One survives everything, one is killed repeatedly; half of the load each.
  const startClient = (): ChildProcess => start('chaos-client.js', [via(proxy), exchange, String(callsPerSecond / 2)]);

  function account(child: ChildProcess): void {
    const report = seen.get(child);
    if (report === undefined) return;
    total.answered += report.answered;
    total.wrong += report.wrong;
    total.overdue += report.overdue;
    for (const [code, count] of Object.entries(report.failed)) failed[code] = (failed[code] ?? 0) + count;
    seen.delete(child);
  }

  async function untilAnswered(child: ChildProcess): Promise<number> {
    const answered = (): number => seen.get(child)?.answered ?? 0;
    const startedAt = performance.now();
    const before = answered();
    while (answered() <= before && performance.now() - startedAt < recoveryLimitMs) await pause(10);
    return performance.now() - startedAt;
  }

  async function heapOf(child: ChildProcess): Promise<number> {
    child.send('measure');
    await pause(200);
    return seen.get(child)?.heapBytes ?? 0;
  }

  const workers = [startWorker(0), startWorker(1)];
  const client = startClient();
  let gateway = startClient();
  await Promise.all([untilAnswered(client), untilAnswered(gateway)]);
  await pause(loadMs);
  const heapBefore = await heapOf(client);

  const replaceWorker = async (index: number): Promise<void> => {
    workers[index]?.kill('SIGKILL');
    await pause(300);
    workers[index] = startWorker(index);
  };
  const steps: Record<string, () => Promise<void>> = {
    'connections closed': async () => void (await broker.ctl(['close_all_connections', 'chaos'])),
    'worker killed': () => replaceWorker(Math.floor(Math.random() * workers.length)),
    'reply queue deleted': async () => {
      const model = await connect(broker.url.replace('rabbit:', 'amqp:'));
      const channel = await model.createChannel();
      await channel.deleteQueue(seen.get(client)?.replyQueue ?? '');
      await model.close();
    },
    'memory alarm': async () => {
      await broker.ctl(['set_vm_memory_high_watermark', '0.00001']);
      await pause(1_000);
      await broker.ctl(['set_vm_memory_high_watermark', '0.8']);
    },
    'network stalled': async () => {
      proxy.stall();
      await pause(2_000);
      proxy.flow(false);
    },
    'worker cut off': async () => {
      workerProxy.stall();
      await pause(2_000);
      workerProxy.flow(true);
    },
    'gateway killed': async () => {
      // Its calls end with it; confirmed casts must still take effect.
      account(gateway);
      gateway.kill('SIGKILL');
      gateway = startClient();
    },
    'network cut': async () => {
      proxy.stall();
      await pause(1_000);
      proxy.flow(true);
    },
    'broker killed': async () => {
      await broker.kill9();
      await broker.restart();
    },
  };
  const recoveries: { step: string; ms: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const [step, trouble] of Object.entries(steps)) {
      await trouble();
      recoveries.push({ step, ms: await untilAnswered(client) });
      await pause(loadMs);
    }
  }
  proxy.stall();
  await pause(silenceMs);
  proxy.flow(true);
  recoveries.push({ step: 'network silent', ms: await untilAnswered(client) });
  const heapGrowth = (await heapOf(client)) - heapBefore;
  await untilAnswered(gateway);
  for (const child of [client, gateway]) child.send('pause');
  await pause(6_000);
  const until = performance.now() + 30_000;
  while (ledger.faults().lost > 0 && performance.now() < until) await pause(100);
  const open = (seen.get(client)?.open ?? 0) + (seen.get(gateway)?.open ?? 0);
  for (const child of [client, gateway]) account(child);
  for (const child of [client, gateway, ...workers]) child.kill('SIGKILL');
  proxy.close();
  workerProxy.close();
  await broker.stop();
  return { ...total, failed, open, casts: ledger.faults(), recoveries, heapGrowth };
}
