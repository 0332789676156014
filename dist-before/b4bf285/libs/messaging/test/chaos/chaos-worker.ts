// One worker of a chaos run: node chaos-worker.js URL EXCHANGE NAME
import { createTransport, endpoint, RpcServer } from '../../src/index.js';
import type { ClaimResult, DeliveryLedger } from '../../src/index.js';
import { chaosContract } from './chaos-contract.js';
import type { ChaosMessage } from './chaos-contract.js';

const [url = '', exchange = '', name = ''] = process.argv.slice(2);
const waiting = new Map<number, (answer: unknown) => void>();
let sequence = 0;
type Question = Extract<ChaosMessage, { readonly id: number }>;
type Asked<T> = T extends Question ? Omit<T, 'id'> : never;

function tell(message: ChaosMessage): void {
  process.send?.(message);
}

function ask(question: Asked<Question>): Promise<unknown> {
  sequence += 1;
  const id = sequence;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    tell({ ...question, id });
  });
}

process.on('message', (message: { id: number; answer: unknown }) => {
  waiting.get(message.id)?.(message.answer);
  waiting.delete(message.id);
});
process.on('disconnect', () => process.exit());

const ledger: DeliveryLedger = {
  claim: async (uniqueId, _topic, leaseMs) => (await ask({ kind: 'claim', uniqueId, leaseMs })) as ClaimResult,
  // The effect and its completion are one step at the parent, as they are one transaction in the worker.
  complete: async () => undefined,
  fail: async (uniqueId, token) => {
    await ask({ kind: 'fail', uniqueId, token });
  },
};

const transport = await createTransport({
  url,
  controlExchange: exchange,
  ledgerLeaseMs: 2_000,
  retryDelayMs: 100,
  rabbit: { heartbeatSeconds: 4, reconnectMaxMs: 500 },
});
const server = new RpcServer(transport, {
  topic: 'chaos',
  server: name,
  ledger,
  concurrency: 256,
  endpoints: [
    endpoint(chaosContract, {
      read: async (_context, args) => args.token,
      change: async (_context, args) => args.token,
      note: async (_context, _args, delivery) => {
        await ask({ kind: 'effect', uniqueId: delivery.uniqueId, token: delivery.token ?? '' });
      },
    }),
  ],
});
await server.start();
tell({ kind: 'ready' });
