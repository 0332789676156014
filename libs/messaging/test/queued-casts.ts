import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createContext } from '#libs/telemetry';
import { startBroker } from '#testing/broker';
import { createTransport, RpcClient } from '../src/index.js';
import { StallingProxy } from './chaos/stalling-proxy.js';
import { starsContract } from './stars-contract.js';
import { StarsServer } from './stars-server.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

/**
 * Sends this many casts while the broker accepts none, then lets it accept them; resolves with the growth of the heap.
 */
export async function queueCasts(count: number): Promise<{ readonly bytesEach: number; readonly leftBytes: number }> {
  const broker = await startBroker();
  const proxy = await StallingProxy.to(broker.port);
  const controlExchange = `queued_${process.pid}`;
  const serving = await createTransport({ url: broker.url, controlExchange });
  const star = new StarsServer(serving, 'a');
  const slow = broker.url.replace(`:${broker.port}`, `:${proxy.port}`);
  const sending = await createTransport({ url: slow, controlExchange });
  try {
    await star.server.start();
    const client = new RpcClient(sending, starsContract);
    const context = createContext();
    await client.cast(context, 'note', { note: 'first' });
    const before = heapBytes();
    proxy.stall();
    let sent = 0;
    const note = 'n'.repeat(4_000);
    const casts = Array.from({ length: count }, async () => {
      await client.cast(context, 'note', { note }, { timeoutMs: 600_000 });
      sent += 1;
    });
    const queued = heapBytes();
    assert.ok(sent < count);
    proxy.flow(false);
    await Promise.all(casts);
    assert.equal(sent, count);
    await star.noted(count + 1);
    casts.length = 0;
    for (const list of [star.notes, star.runs, star.deliveries]) list.length = 0;
    return { bytesEach: (queued - before) / count, leftBytes: heapBytes() - before };
  } finally {
    await sending.stop();
    await star.server.stop();
    await serving.stop();
    proxy.close();
    await broker.stop();
  }
}
