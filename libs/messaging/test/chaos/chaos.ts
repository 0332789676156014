import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startBroker } from '#testing/broker';
import { connect } from 'amqplib';
import type { ChaosMessage } from './chaos-contract.js';
import { ChaosLedger } from './chaos-ledger.js';
import { StallingProxy } from './stalling-proxy.js';

type Report = Extract<ChaosMessage, { readonly kind: 'report' }>;

export interface ChaosResult {
  readonly answered: number;
  readonly failed: Readonly<Record<string, number>>;
  /** Replies that went to another caller. */
  readonly wrong: number;
  /** Calls that were open longer than their deadline and a second. */
  readonly overdue: number;
  /** Calls open after the last deadline. */
  readonly open: number;
  readonly casts: { readonly lost: number; readonly repeated: number; readonly confirmed: number };
  /** From the end of each trouble to the next answered call, in ms. */
  readonly recoveries: readonly { readonly step: string; readonly ms: number }[];
  /** Growth of the client's heap after collection, in bytes. */
  readonly heapGrowth: number;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const recoveryLimitMs = 60_000;

/** Two workers and a client under load, and all that can happen to them. */
export async function runChaos(rounds: number, callsPerSecond: number, loadMs: number): Promise<ChaosResult> {
  const broker = await startBroker({ own: true });
  const proxy = await StallingProxy.to(broker.port);
  const exchange = 'chaos';
  const ledger = new ChaosLedger();
  const failed: Record<string, number> = {};
  const total = { answered: 0, wrong: 0, overdue: 0 };
  const seen: { report: Report | null } = { report: null };

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
    } else if (message.kind === 'report') seen.report = message;
  }

  function start(file: string, args: readonly string[]): ChildProcess {
    const path = fileURLToPath(new URL(file, import.meta.url));
    const child = fork(path, [...args], { execArgv: ['--expose-gc'] });
    child.on('message', (message) => answer(child, message as ChaosMessage));
    child.on('error', () => undefined);
    return child;
  }

  const viaProxy = broker.url.replace(`:${broker.port}`, `:${proxy.port}`);
  const startWorker = (name: string): ChildProcess => start('chaos-worker.js', [broker.url, exchange, name]);
  const startClient = (): ChildProcess => start('chaos-client.js', [viaProxy, exchange, String(callsPerSecond)]);

  function account(): void {
    const { report } = seen;
    if (report === null) return;
    total.answered += report.answered;
    total.wrong += report.wrong;
    total.overdue += report.overdue;
    for (const [code, count] of Object.entries(report.failed)) failed[code] = (failed[code] ?? 0) + count;
    seen.report = null;
  }

  async function untilAnswered(): Promise<number> {
    const startedAt = performance.now();
    const before = seen.report?.answered ?? 0;
    while ((seen.report?.answered ?? 0) <= before && performance.now() - startedAt < recoveryLimitMs) await pause(10);
    return performance.now() - startedAt;
  }

  const workers = [startWorker('w1'), startWorker('w2')];
  let client = startClient();
  await untilAnswered();
  await pause(loadMs);
  client.send('measure');
  await pause(200);
  const heapBefore = seen.report?.heapBytes ?? 0;

  const replaceWorker = async (index: number): Promise<void> => {
    workers[index]?.kill('SIGKILL');
    await pause(300);
    workers[index] = startWorker(`w${index + 1}`);
  };
  const steps: Record<string, () => Promise<void>> = {
    'connections closed': async () => void (await broker.ctl(['close_all_connections', 'chaos'])),
    'worker killed': () => replaceWorker(Math.floor(Math.random() * workers.length)),
    'reply queue deleted': async () => {
      const model = await connect(broker.url.replace('rabbit:', 'amqp:'));
      const channel = await model.createChannel();
      await channel.deleteQueue(seen.report?.replyQueue ?? '');
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
      recoveries.push({ step, ms: await untilAnswered() });
      await pause(loadMs);
    }
  }
  client.send('measure');
  await pause(200);
  const heapGrowth = (seen.report?.heapBytes ?? 0) - heapBefore;
  // A client that dies takes its calls with it; what it had been promised must still happen.
  account();
  client.kill('SIGKILL');
  client = startClient();
  recoveries.push({ step: 'client killed', ms: await untilAnswered() });
  await pause(loadMs);
  client.send('pause');
  await pause(6_000);
  const until = performance.now() + 30_000;
  while (ledger.faults().lost > 0 && performance.now() < until) await pause(100);
  const open = seen.report?.open ?? 0;
  account();
  for (const child of [client, ...workers]) child.kill('SIGKILL');
  proxy.close();
  await broker.stop();
  return { ...total, failed, open, casts: ledger.faults(), recoveries, heapGrowth };
}
