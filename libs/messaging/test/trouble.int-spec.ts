import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import { startBroker } from '#testing/broker';
import type { Broker } from '#testing/broker';
import { createTransport, RpcClient } from '../src/index.js';
import type { MessagingHealth, Transport, TransportOptions } from '../src/index.js';
import { coreOf } from '../src/transport/transport-core.js';
import { StallingProxy } from './chaos/stalling-proxy.js';
import { rejectsWith } from './semantics-site.js';
import { starsContract } from './stars-contract.js';
import { StarsServer } from './stars-server.js';

const context = createContext({});
const nobody = '127.0.0.1:1';
let sequence = 0;

describe('trouble with the broker', { timeout: 120_000 }, () => {
  let broker: Broker;
  let exchange: string;
  let opened: Transport[] = [];

  async function open(options: Partial<TransportOptions> = {}): Promise<Transport> {
    const transport = await createTransport({ url: broker.url, controlExchange: exchange, observer: {}, ...options });
    opened.push(transport);
    return transport;
  }

  before(async () => {
    broker = await startBroker({ own: true });
  });
  after(() => broker.stop());
  beforeEach(() => {
    exchange = `t${(sequence += 1)}`;
  });
  afterEach(async () => {
    for (const transport of opened) await transport.stop();
    opened = [];
  });

  it('heals a consumer that the broker closed for a message that took too long, and runs that message once', async () => {
    // RabbitMQ permits 30 minutes, and checks once a minute; a channel keeps the timeout that applied when it was
    // opened.
    const allow = (timeoutMs: number, lookMs: number): Promise<string> => {
      const set = (name: string, value: number): string => `application:set_env(rabbit, ${name}, ${value})`;
      return broker.ctl(['eval', `${set('consumer_timeout', timeoutMs)}, ${set('channel_tick_interval', lookMs)}.`]);
    };
    await allow(100, 200);
    const warnings: string[] = [];
    const serving = await open({
      observer: { warn: (message, fields) => warnings.push(`${message} ${JSON.stringify(fields)}`) },
    });
    const star = new StarsServer(serving, 'a');
    await star.server.start();
    await allow(1_800_000, 200);
    const changes: boolean[] = [];
    const healed = new Promise<void>((resolve) => {
      serving.onHealthChange((health) => {
        const consuming = health.consumers.every((consumer) => consumer.consuming);
        if (changes.at(-1) !== consuming) changes.push(consuming);
        if (consuming && changes.includes(false)) resolve();
      });
    });
    const sending = new RpcClient(await open(), starsContract);
    star.onNote = () => healed;
    await sending.cast(context, 'note', { note: 'long' });
    await star.noted(1);
    assert.deepEqual(changes, [false, true]);
    star.onNote = async () => undefined;
    await sending.cast(context, 'note', { note: 'next' });
    assert.deepEqual(await star.noted(2), ['long', 'next']);
    assert.equal(await sending.call(context, 'who', null), 'a');
    assert.equal(star.runs.filter((run) => run === 'note').length, 2);
    assert.equal(warnings.length, 1, String(warnings));
    assert.match(warnings[0] ?? '', /timeout/i);
    await star.server.stop();
    assert.equal((await coreOf(serving).driver.inspectQueue(`${exchange}.stars`))?.messages, 0);
  });

  it('tells once of a memory alarm, and shows it', async () => {
    const told: string[] = [];
    const transport = await open({ observer: { warn: (text) => told.push(text), info: (text) => told.push(text) } });
    const star = new StarsServer(await open(), 'a');
    await star.server.start();
    const client = new RpcClient(transport, starsContract);
    await client.call(context, 'who', null);
    told.length = 0;
    const changed = (wanted: (health: MessagingHealth) => boolean): Promise<void> =>
      new Promise((resolve) => transport.onHealthChange((health) => wanted(health) && resolve()));
    const blocked = changed((health) => health.blocked);
    await broker.ctl(['set_vm_memory_high_watermark', '0.00001']);
    const waiting = client.cast(context, 'note', { note: 'kept' });
    await blocked;
    const free = changed((health) => !health.blocked);
    await broker.ctl(['set_vm_memory_high_watermark', '0.8']);
    await free;
    await waiting;
    assert.deepEqual(await star.noted(1), ['kept']);
    assert.deepEqual(told, ['the broker takes no messages (memory or disk alarm)', 'the broker takes messages again']);
    await star.server.stop();
  });

  it('finds the one of several hosts that answers', async () => {
    const { port } = broker;
    const url = `rabbit://a:b@${nobody},guest:guest@127.0.0.1:${port},c:d@${nobody}/`;
    const star = new StarsServer(await open({ url }), 'a');
    await star.server.start();
    assert.equal(await new RpcClient(await open({ url }), starsContract).call(context, 'who', null), 'a');
    await star.server.stop();
  });

  it('waits for a broker that it has never reached by one budget, for one that went away by another', async () => {
    const long = 600_000;
    const never = await open({ url: `rabbit://a:b@${nobody}/`, firstBrokerGraceMs: 50, brokerGraceMs: long });
    const options = { timeoutMs: long };
    await rejectsWith(new RpcClient(never, starsContract, options).call(context, 'who', null), 'BrokerUnavailable');

    const proxy = await StallingProxy.to(broker.port);
    const url = broker.url.replace(`:${broker.port}`, `:${proxy.port}`);
    const lost = await open({ url, firstBrokerGraceMs: long, brokerGraceMs: 50 });
    const client = new RpcClient(lost, starsContract, options);
    await rejectsWith(client.call(context, 'who', null), 'NoWorker');
    const gone = new Promise<void>((resolve) => lost.onHealthChange((health) => !health.connected && resolve()));
    proxy.close();
    await gone;
    await rejectsWith(client.call(context, 'who', null), 'BrokerUnavailable');
  });

  it('ends a call in time when the network moves nothing, not even a question about workers', async () => {
    const star = new StarsServer(await open(), 'a');
    await star.server.start();
    const proxy = await StallingProxy.to(broker.port);
    const url = broker.url.replace(`:${broker.port}`, `:${proxy.port}`);
    const client = new RpcClient(await open({ url, brokerGraceMs: 600_000 }), starsContract, { timeoutMs: 500 });
    assert.equal(await client.call(context, 'who', null), 'a');
    proxy.stall();
    await rejectsWith(client.call(context, 'who', null), 'MessagingTimeout');
    const elsewhere = new RpcClient(client.transport, { ...starsContract, topic: 'unknown' }, { timeoutMs: 500 });
    await rejectsWith(elsewhere.call(context, 'who', null), 'BrokerUnavailable');
    await rejectsWith(elsewhere.cast(context, 'note', { note: 'x' }, { timeoutMs: 500 }), 'BrokerUnavailable');
    proxy.flow(false);
    assert.equal(await client.prepare({ timeoutMs: 20_000 }).call(context, 'who', null), 'a');
    await star.server.stop();
    proxy.close();
  });
});
