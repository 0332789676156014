import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { connect } from 'amqplib';
import type { Channel, ChannelModel } from 'amqplib';
import { createContext } from '#libs/telemetry';
import { startBroker } from '#testing/broker';
import type { Broker } from '#testing/broker';
import { createTransport, RpcClient } from '../src/index.js';
import type { Transport } from '../src/index.js';
import { coreOf } from '../src/transport/transport-core.js';
import { rejectsWith } from './semantics-site.js';
import { starsContract } from './stars-contract.js';
import type { StarsContract } from './stars-contract.js';
import { StarsServer } from './stars-server.js';

const context = createContext({});
const deadlineMs = 55_000;
/** Far longer than it takes, far shorter than the deadline. */
const secondsMs = 15_000;
let sequence = 0;

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await work;
  const tookMs = Math.round(performance.now() - startedAt);
  assert.ok(tookMs < ms, `${tookMs} ms`);
  return result;
}

describe('what others take away at the broker', { timeout: 180_000 }, () => {
  let broker: Broker;
  let model: ChannelModel;
  let hands: Channel;
  let exchange: string;
  let star: StarsServer;
  let client: RpcClient<StarsContract>;
  let opened: Transport[] = [];
  let warnings: string[] = [];

  async function open(): Promise<Transport> {
    const transport = await createTransport({
      url: broker.url,
      controlExchange: exchange,
      responseTimeoutMs: deadlineMs,
      observer: { warn: (message, fields) => warnings.push(`${message} ${JSON.stringify(fields)}`) },
    });
    opened.push(transport);
    return transport;
  }

  async function serve(name: string): Promise<StarsServer> {
    const served = new StarsServer(await open(), name, { concurrency: 2 });
    await served.server.start();
    return served;
  }

  /** Publishes; false when the broker sent it back, since no queue is bound. */
  async function isTaken(to: string, key: string, body: Buffer): Promise<boolean> {
    const channel = await model.createConfirmChannel();
    let taken = true;
    channel.on('return', () => (taken = false));
    channel.publish(to, key, body, { contentType: 'application/json', mandatory: true });
    await channel.waitForConfirms();
    await channel.close();
    return taken;
  }

  before(async () => {
    broker = await startBroker();
    model = await connect(broker.url.replace('rabbit:', 'amqp:'));
  });
  after(async () => {
    await model.close();
    await broker.stop();
  });
  beforeEach(async () => {
    exchange = `away${process.pid}_${(sequence += 1)}`;
    hands = await model.createChannel();
    star = await serve('a');
    client = new RpcClient(await open(), starsContract);
    await client.call(context, 'who', null);
    warnings = [];
  });
  afterEach(async () => {
    await hands.close();
    for (const transport of opened) await transport.stop();
    opened = [];
  });

  it('an exchange: calls, changes and casts go through within seconds, and the text is true', async () => {
    await hands.deleteExchange(exchange);
    assert.equal(await within(secondsMs, client.call(context, 'who', null)), 'a');
    assert.equal(await within(secondsMs, client.call(context, 'change', { ms: 1 })), 'a waited 1');
    await hands.deleteExchange(exchange);
    await within(secondsMs, client.cast(context, 'note', { note: 'n' }));
    assert.deepEqual(await star.noted(1), ['n']);
    assert.ok(
      warnings.some((text) => text.includes('bound again')),
      String(warnings),
    );
    assert.ok(!warnings.some((text) => text.includes('no consumer')), String(warnings));
  });

  it('an exchange, while nobody calls: the server makes it again by itself', async () => {
    await hands.deleteExchange(exchange);
    // By its check of the exchanges, or by its question to itself, whichever comes first.
    while (!warnings.some((text) => /was gone|bound again/.test(text)))
      await new Promise((resolve) => setTimeout(resolve, 50));
    // Manually, without the repair that this library's clients would make.
    const { body } = client.serializeCast(context, 'note', { note: 'plain' });
    // The warning may be about the server's own queue alone; this one is bound a moment later, and until then there is
    // no way to it.
    while (!(await isTaken(exchange, 'stars', Buffer.from(body))))
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(await star.noted(1), ['plain']);
  });

  for (const key of ['stars', 'stars.a']) {
    it(`the binding of ${key}: a call binds it again`, async () => {
      await hands.unbindQueue(`${exchange}.${key}`, exchange, key);
      const options = key === 'stars' ? {} : { server: 'a' };
      assert.equal(await within(secondsMs, client.call(context, 'who', null, options)), 'a');
    });
  }

  it('the fanout exchange: all servers hear a fanout again within seconds', async () => {
    await hands.deleteExchange('stars_fanout');
    const until = performance.now() + secondsMs;
    while (star.notes.length === 0 && performance.now() < until) {
      await client.cast(context, 'note', { note: 'all' }, { fanout: true });
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert.equal(star.notes[0], 'all');
  });

  it('a queue while its server works: what runs is answered, what follows is run', async () => {
    const busy = [client.call(context, 'wait', { ms: 2_000 }), client.call(context, 'change', { ms: 2_000 })];
    await star.ran(2);
    // The server has two slots: these wait in it.
    const waiting = [client.call(context, 'echo', { text: '1' }), client.call(context, 'change', { ms: 1 })];
    while (opened[0]?.report().requests.length !== 4) await new Promise((resolve) => setTimeout(resolve, 10));
    await hands.deleteQueue(`${exchange}.stars`);
    assert.deepEqual(await within(secondsMs, client.call(context, 'echo', { text: '2' })), { text: '2' });
    assert.deepEqual(await Promise.all(busy), ['a waited 2000', 'a waited 2000']);
    assert.deepEqual(await Promise.all(waiting), [{ text: '1' }, 'a waited 1']);
  });

  it('the one worker that had a request, while another lives: the change is unknown within seconds', async () => {
    const change = rejectsWith(client.call(context, 'change', { ms: deadlineMs }), 'OutcomeUnknown');
    const read = client.call(context, 'wait', { ms: 500 });
    await star.ran(2);
    const other = await serve('b');
    // Without a message to its callers, like a killed one.
    await coreOf(opened[0] ?? client.transport).driver.stop();
    assert.equal(await within(secondsMs, read), 'b waited 500');
    assert.match((await within(secondsMs, change)).message, /no server has the request any more/);
    assert.deepEqual(other.runs, ['wait']);
  });

  it('requests that no server has: a read is sent again, a change is unknown, within seconds', async () => {
    // The queue is emptied without the servers' knowledge, as when it is deleted.
    await star.server.stop(1_000);
    const queue = `${exchange}.stars`;
    await hands.assertQueue(queue, { durable: true });
    await hands.consume(queue, () => undefined, { noAck: true, consumerTag: 'thief' });
    const read = client.call(context, 'echo', { text: 'again' });
    const change = rejectsWith(client.call(context, 'change', { ms: 1 }), 'OutcomeUnknown');
    while ((await hands.checkQueue(queue)).messageCount > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const next = await serve('b');
    await hands.cancel('thief');
    assert.deepEqual(await within(secondsMs, read), { text: 'again' });
    assert.match((await within(secondsMs, change)).message, /no server has the request any more/);
    assert.deepEqual(next.runs, ['echo']);
  });
});
