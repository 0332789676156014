// The client of a chaos run: node --expose-gc chaos-client.js URL EXCHANGE CALLS_PER_SECOND
import { createContext } from '#libs/telemetry';
import { createTransport, MessagingError, RpcClient } from '../../src/index.js';
import { chaosContract } from './chaos-contract.js';
import type { ChaosMessage } from './chaos-contract.js';

const [url = '', exchange = '', rate = '500'] = process.argv.slice(2);
const deadlineMs = 4_000;
const graceMs = 1_000;
const everyMs = 10;
const castEvery = 20;

function tell(message: ChaosMessage): void {
  process.send?.(message);
}

const transport = await createTransport({
  url,
  controlExchange: exchange,
  workerGraceMs: 2_000,
  brokerGraceMs: 2_000,
  rabbit: { heartbeatSeconds: 4, reconnectMaxMs: 500 },
});
const client = new RpcClient(transport, chaosContract, { timeoutMs: deadlineMs });
const context = createContext({});
const failed: Record<string, number> = {};
const open = new Map<number, number>();
let answered = 0;
let wrong = 0;
let overdue = 0;
let sequence = 0;
let paused = false;

async function run(number: number): Promise<void> {
  const token = `${process.pid}-${number}`;
  const startedAt = performance.now();
  open.set(number, startedAt);
  try {
    const method = number % 4 === 0 ? 'change' : 'read';
    if ((await client.call(context, method, { token })) === token) answered += 1;
    else wrong += 1;
  } catch (error) {
    const code = error instanceof MessagingError ? error.code : `UNTYPED ${String(error)}`;
    failed[code] = (failed[code] ?? 0) + 1;
  } finally {
    open.delete(number);
    if (performance.now() - startedAt > deadlineMs + graceMs) overdue += 1;
  }
}

async function castOne(number: number): Promise<void> {
  const uniqueId = `${process.pid}-${number}`.padStart(32, '0');
  tell({ kind: 'cast', uniqueId, confirmed: false });
  try {
    await client.cast(context, 'note', { token: uniqueId }, { uniqueId, timeoutMs: 30_000 });
    tell({ kind: 'cast', uniqueId, confirmed: true });
  } catch (error) {
    const code = error instanceof MessagingError ? `cast ${error.code}` : `UNTYPED ${String(error)}`;
    failed[code] = (failed[code] ?? 0) + 1;
  }
}

const perTurn = (Number(rate) * everyMs) / 1000;
let owed = 0;
setInterval(() => {
  if (paused) return;
  owed += perTurn;
  for (; owed >= 1; owed -= 1) {
    sequence += 1;
    void run(sequence);
    if (sequence % castEvery === 0) void castOne(sequence);
  }
}, everyMs);

function report(): void {
  const now = performance.now();
  const late = [...open.values()].filter((startedAt) => now - startedAt > deadlineMs + graceMs).length;
  const replyQueue = transport.health().consumers[0]?.name ?? '';
  const { heapUsed: heapBytes } = process.memoryUsage();
  tell({ kind: 'report', answered, failed, wrong, overdue: overdue + late, open: open.size, heapBytes, replyQueue });
}
setInterval(report, 50);
process.on('message', (message) => {
  if (message === 'pause') paused = true;
  if (message === 'measure') {
    globalThis.gc?.();
    report();
  }
});
process.on('disconnect', () => process.exit());
