import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import { createContext } from '#libs/telemetry';
import { connect } from 'amqplib';
import { createTransport, RpcClient } from '../../src/index.js';
import { coreOf } from '../../src/transport/transport-core.js';
import { starsContract } from '../stars-contract.js';
import { StarsServer } from '../stars-server.js';
import { hostileMessage, randomNumbers } from './hostile-messages.js';

export interface FuzzResult {
  readonly sent: number;
  readonly parked: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly refused: number;
  readonly ran: number;
  readonly good: number;
}

const goodEvery = 50;
const window = 500;
/**
 * Sends hostile messages to every queue of a server and of a client. Asserts that each of them was parked, dropped,
 * refused or run, and counted; that every valid message between them took effect; and that nothing else happened. The
 * largest have `hugeBytes`, one of them only after decompression.
 */
export async function runFuzz(url: string, count: number, seed: number, hugeBytes: number): Promise<FuzzResult> {
  const exchange = `fuzz_${process.pid}_${seed}`;
  const context = createContext({ user_id: 'u1' });
  const dropped: Record<string, number> = {};
  let parked = 0;
  let refused = 0;
  let ran = 0;
  const broken: string[] = [];
  const serving = await createTransport({
    url,
    controlExchange: exchange,
    maxAttempts: 1,
    observer: {
      requestDropped: (_topic, reason) => (dropped[reason] = (dropped[reason] ?? 0) + 1),
      messageParked: () => (parked += 1),
      // A server checks regularly whether it can be reached: not one of the messages sent here.
      requestFinished: (_topic, method) => (ran += method === 'present' ? 0 : 1),
      info: (message) => (refused += message.startsWith('refused a request') ? 1 : 0),
      error: (message) => {
        if (!message.startsWith('exception in')) broken.push(message);
      },
    },
  });
  const calling = await createTransport({ url, controlExchange: exchange, observer: {} });
  const star = new StarsServer(serving, 'a', { prefetch: 64 });
  const client = new RpcClient(calling, starsContract);
  const unhandled = (error: unknown): number => broken.push(String(error));
  process.on('unhandledRejection', unhandled);
  const model = await connect(url.replace('rabbit:', 'amqp:'));
  try {
    await star.server.start();
    await client.call(context, 'who', null);
    ran = 0;
    const replyQueue = calling.health().consumers[0]?.name ?? '';
    const channel = await model.createConfirmChannel();
    const cast = client.serializeCast(context, 'note', { note: 'good' }).body;
    const call = cast.replace('_unique_id', '_msg_id');
    const random = randomNumbers(seed);
    const routes = [
      [exchange, 'stars'],
      [exchange, 'stars.a'],
      ['stars_fanout', ''],
      ['', replyQueue],
    ] as const;
    let requests = 0;
    let good = 0;
    for (let number = 1; number <= count; number += 1) {
      const message = hostileMessage(random, random(2) === 0 ? cast : call);
      const [to, key] = routes[random(routes.length)] ?? routes[0];
      if (key !== replyQueue) requests += 1;
      const { contentType, headers } = message;
      channel.publish(to, key, message.body, contentType === undefined ? { headers } : { headers, contentType });
      if (number % window === 0) await channel.waitForConfirms();
      if (number % goodEvery === 0) {
        await client.cast(context, 'note', { note: `good ${number}` });
        good += 1;
      }
    }
    const huge = Buffer.alloc(hugeBytes, '[');
    for (const headers of [{}, { compression: 'application/x-gzip' }]) {
      channel.publish(exchange, 'stars', huge, { contentType: 'application/json', headers });
      requests += 1;
    }
    const bomb = deflateSync(Buffer.alloc(hugeBytes, ' '));
    channel.publish(exchange, 'stars', bomb, { contentType: 'application/json', headers: { compression: 'gzip' } });
    requests += 1;
    channel.publish('', replyQueue, huge, { contentType: 'application/json' });
    await channel.waitForConfirms();
    await client.cast(context, 'note', { note: 'good at the end' });
    good += 1;
    const goodOnes = (): number => star.notes.filter((note) => /^good (\d|at)/.test(note)).length;
    // 'invalid' was refused or has run before it was dropped.
    const accounted = (): number =>
      Object.entries(dropped).reduce((sum, [reason, times]) => sum + (reason === 'invalid' ? 0 : times), 0) +
      refused +
      ran -
      goodOnes();
    const until = performance.now() + 60_000;
    while ((goodOnes() < good || accounted() < requests) && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(goodOnes(), good, 'good messages that took effect');
    assert.equal(accounted(), requests, `messages accounted for: ${JSON.stringify({ dropped, refused, ran, parked })}`);
    assert.equal(await client.call(context, 'who', null), 'a');
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    assert.deepEqual(broken, []);
    const waiting = await coreOf(serving).driver.inspectQueue(`${exchange}.stars`);
    assert.equal(waiting?.messages, 0);
    // A message counts as dropped before the broker has confirmed that it is parked; a stopping server waits for that.
    await star.server.stop(30_000);
    const aside = await coreOf(serving).driver.inspectQueue(`${exchange}.stars.parked`);
    assert.equal(aside?.messages, parked);
    return { sent: count, parked, dropped, refused, ran, good };
  } finally {
    process.off('unhandledRejection', unhandled);
    await model.close();
    await star.server.stop(1_000);
    await calling.stop();
    await serving.stop();
  }
}
