// npm run soak:rpc [-- MINUTES]: calls and casts through one process with a flat heap, then 100,000 casts that wait for
// a slow broker; prints the sizes while it runs.
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startBroker } from '#testing/broker';
import { createContext } from '#libs/telemetry';
import { createTransport, endpoint, RpcClient, RpcServer } from '../../src/index.js';
import { chaosContract } from '../chaos/chaos-contract.js';
import { queueCasts } from '../queued-casts.js';

const minutes = Number(process.argv[2] ?? 10);
const lanes = 32;
const everyMs = 10_000;
const heapLimitMb = 16;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const broker = await startBroker({ own: true });
const transport = await createTransport({ url: broker.url, controlExchange: 'soak' });
let casts = 0;
const server = new RpcServer(transport, {
  topic: 'chaos',
  server: 'soak',
  endpoints: [
    endpoint(chaosContract, {
      read: async (_context, args) => args.token,
      change: async (_context, args) => args.token,
      note: async () => {
        casts += 1;
      },
    }),
  ],
});
await server.start();
const client = new RpcClient(transport, chaosContract);
const context = createContext({});
const startedAt = performance.now();
const until = startedAt + minutes * 60_000;
let calls = 0;
const lane = async (number: number): Promise<void> => {
  while (performance.now() < until) {
    const token = `${number}-${calls}`;
    const answer = await client.call(context, calls % 4 === 0 ? 'change' : 'read', { token });
    assert.equal(answer, token);
    calls += 1;
    if (calls % 10 === 0) await client.cast(context, 'note', { token });
  }
};
const sizes: number[] = [];
const measure = (): void => {
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  const heapMb = heapUsed / 2 ** 20;
  sizes.push(heapMb);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  console.log(
    `${seconds} s: ${calls} calls, ${casts} casts, heap ${heapMb.toFixed(1)} MB, rss ${(rss / 2 ** 20).toFixed(0)} MB`,
  );
};
const timer = setInterval(measure, everyMs);
await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)));
clearInterval(timer);
measure();
await server.stop();
await transport.stop();
await broker.stop();
const grown = (sizes.at(-1) ?? 0) - (sizes[0] ?? 0);
assert.ok(grown < heapLimitMb, `the heap grew by ${grown.toFixed(1)} MB`);
const { bytesEach, leftBytes } = await queueCasts(100_000);
const leftMb = leftBytes / 2 ** 20;
console.log(
  `100000 casts queued: ${Math.round(bytesEach)} bytes each while they wait, ${leftMb.toFixed(1)} MB afterwards`,
);
assert.ok(leftMb < heapLimitMb, `the heap grew by ${leftMb.toFixed(1)} MB`);
