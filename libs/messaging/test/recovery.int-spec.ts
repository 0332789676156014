import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import { startBroker } from '#testing/broker';
import type { Broker } from '#testing/broker';
import { Relay } from '#testing/relay';
import { connect } from 'amqplib';
import { createTransport, RpcClient } from '../src/index.js';
import type { MessagingHealth, Transport } from '../src/index.js';
import { joinWrites } from '../src/drivers/rabbit/joined-writes.js';
import { coreOf } from '../src/transport/transport-core.js';
import { rejectsWith } from './semantics-site.js';
import { starsContract } from './stars-contract.js';
import type { StarsContract } from './stars-contract.js';
import { StarsServer } from './stars-server.js';

const context = createContext({});
let sequence = 0;

/** Resolves when the health is in the wanted state. */
function healthy(transport: Transport, wanted: (health: MessagingHealth) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (health: MessagingHealth): void => {
      if (!wanted(health)) return;
      stop();
      resolve();
    };
    const stop = transport.onHealthChange(look);
    look(transport.health());
  });
}

const allConsume = (health: MessagingHealth): boolean =>
  health.connected && health.consumers.every((consumer) => consumer.consuming);

describe('recovery', () => {
  let broker: Broker;
  let exchange: string;
  let serverTransport: Transport;
  let clientTransport: Transport;
  let star: StarsServer;
  let client: RpcClient<StarsContract>;
  const warnings: string[] = [];

  function open(): Promise<Transport> {
    return createTransport({
      url: broker.url,
      controlExchange: exchange,
      responseTimeoutMs: 20_000,
      workerGraceMs: 3_000,
      brokerGraceMs: 15_000,
      observer: { warn: (message, fields) => warnings.push(`${message} ${JSON.stringify(fields)}`) },
    });
  }

  before(async () => {
    broker = await startBroker({ own: true });
  });
  after(() => broker.stop());

  beforeEach(async () => {
    exchange = `r${(sequence += 1)}`;
    serverTransport = await open();
    clientTransport = await open();
    star = new StarsServer(serverTransport, 'a');
    await star.server.start();
    client = new RpcClient(clientTransport, starsContract);
    await client.call(context, 'who', null);
    warnings.length = 0;
  });
  afterEach(async () => {
    await star.server.stop(1_000);
    await clientTransport.stop();
    await serverTransport.stop();
  });

  it('comes back after the broker closed all connections; reads in flight are answered', async () => {
    const reading = client.call(context, 'wait', { ms: 1_500 });
    const changing = client.call(context, 'change', { ms: 1_500 });
    await star.ran(2);
    await broker.ctl(['close_all_connections', 'for a test']);
    assert.equal(await reading, 'a waited 1500');
    assert.equal(await changing, 'a waited 1500');
    assert.equal(await client.call(context, 'who', null), 'a');
    assert.equal(star.runs.filter((run) => run === 'change').length, 1);
  });

  it('comes back after a crash of the broker, with the casts that it had confirmed', async () => {
    await star.server.stop();
    await client.cast(context, 'note', { note: 'kept' });
    const reading = rejectsWith(client.call(context, 'who', null, { timeoutMs: 3_000 }), 'NoWorker');
    await reading;
    await broker.kill9();
    await healthy(clientTransport, (health) => !health.connected);
    const waiting = client.cast(context, 'note', { note: 'sent while it was down' });
    const startedAt = performance.now();
    await broker.restart();
    await Promise.all([healthy(clientTransport, allConsume), healthy(serverTransport, (health) => health.connected)]);
    const readyAt = performance.now();
    star = new StarsServer(serverTransport, 'a');
    await star.server.start();
    await waiting;
    assert.deepEqual((await star.noted(2)).toSorted(), ['kept', 'sent while it was down']);
    assert.equal(await client.call(context, 'who', null), 'a');
    console.log(`# broker back and everything connected after ${Math.round(readyAt - startedAt)} ms`);
  });

  it('fails a call while the broker is away as BrokerUnavailable, within its deadline', async () => {
    await broker.kill9();
    await healthy(clientTransport, (health) => !health.connected);
    const startedAt = performance.now();
    await rejectsWith(client.call(context, 'who', null, { timeoutMs: 300 }), 'BrokerUnavailable');
    await rejectsWith(client.cast(context, 'note', { note: 'x' }, { timeoutMs: 300 }), 'BrokerUnavailable');
    assert.ok(performance.now() - startedAt < 1_500);
    assert.equal(clientTransport.health().everConnected, true);
    await broker.restart();
    await healthy(serverTransport, allConsume);
    assert.equal(await client.call(context, 'who', null), 'a');
    assert.equal(warnings.filter((warning) => warning.includes('no connection')).length < 12, true, String(warnings));
  });

  it('starts without a broker, and begins when it is there', async () => {
    await broker.kill9();
    const early = await open();
    const late = new StarsServer(early, 'late');
    const started = late.server.start();
    assert.equal(early.health().everConnected, false);
    assert.equal(late.server.consuming, false);
    await broker.restart();
    await started;
    assert.equal(await client.call(context, 'who', null, { server: 'late' }), 'late');
    await late.server.stop();
    await early.stop();
  });

  it('joins writes on the amqplib that is installed', async () => {
    const model = await connect(broker.url.replace('rabbit:', 'amqp:'));
    assert.notEqual(joinWrites(model.connection), null);
    await model.close();
  });

  for (const what of ['server', 'reply'] as const) {
    it(`notices that the ${what}'s queue was deleted, and puts it right`, async () => {
      const transport = what === 'server' ? serverTransport : clientTransport;
      const name = what === 'server' ? `${exchange}.stars` : (clientTransport.health().consumers[0]?.name ?? '');
      const deaf = healthy(transport, (health) => health.consumers.some((consumer) => !consumer.consuming));
      await deleteQueue(name);
      await deaf;
      await healthy(transport, allConsume);
      assert.equal(await client.call(context, 'who', null), 'a');
      assert.equal(warnings.filter((warning) => warning.includes('cancelled')).length, 1, String(warnings));
    });
  }

  it('answers a call whose reply queue vanished while it ran', async () => {
    const waiting = client.call(context, 'change', { ms: 300 });
    await star.ran(1);
    await deleteQueue(clientTransport.health().consumers[0]?.name ?? '');
    assert.equal(await waiting, 'a waited 300');
  });

  it('survives a channel that the broker closes', async () => {
    const { driver } = coreOf(clientTransport);
    const missing = { exchange: `${exchange}_missing`, exchangeType: 'topic' as const, routingKey: 'x' };
    const { generation } = driver;
    driver.send({ ...missing, body: '{}', headers: {}, messageId: '', mandatory: false, persistent: false });
    const casts = Array.from({ length: 20 }, (_, index) => client.cast(context, 'note', { note: String(index) }));
    await Promise.all(casts);
    assert.equal(new Set(await star.noted(20)).size, 20);
    assert.ok(driver.generation > generation);
    assert.equal(await client.call(context, 'who', null), 'a');
  });

  it('sees a memory alarm, sends nothing, and goes on after it', async () => {
    await broker.ctl(['set_vm_memory_high_watermark', '0.00001']);
    await client.cast(context, 'note', { note: 'trigger' }, { timeoutMs: 300 }).catch(() => undefined);
    await healthy(clientTransport, (health) => health.blocked);
    await rejectsWith(client.call(context, 'who', null, { timeoutMs: 300 }), 'BrokerUnavailable');
    await broker.ctl(['set_vm_memory_high_watermark', '0.8']);
    await healthy(clientTransport, (health) => !health.blocked);
    await healthy(serverTransport, allConsume);
    assert.equal(await client.call(context, 'who', null), 'a');
  });

  it('redelivers a read and a cast of a worker that vanishes, but never a change', async () => {
    const pending = client.call(context, 'wait', { ms: 2_000 });
    const change = rejectsWith(
      client.call(context, 'change', { ms: 60_000 }, { timeoutMs: 1_500 }),
      'MessagingTimeout',
    );
    await star.ran(2);
    await coreOf(serverTransport).driver.stop();
    const transport = await open();
    const next = new StarsServer(transport, 'b');
    await next.server.start();
    assert.equal(await pending, 'b waited 2000');
    await change;
    assert.deepEqual(next.runs, ['wait']);
    await next.server.stop();
    await transport.stop();
  });

  it('takes a queue of other flags as it is, and says so', async () => {
    const model = await connect(broker.url.replace('rabbit:', 'amqp:'));
    const channel = await model.createChannel();
    await channel.assertQueue(`${exchange}b.stars`, { durable: false });
    await channel.assertExchange(`${exchange}b`, 'topic', { durable: true });
    await model.close();
    exchange = `${exchange}b`;
    const transport = await open();
    const other = new StarsServer(transport, 'c');
    await other.server.start();
    assert.equal(await new RpcClient(transport, starsContract).call(context, 'who', null), 'c');
    assert.equal(warnings.filter((warning) => warning.includes('other flags')).length, 2, String(warnings));
    await other.server.stop();
    await transport.stop();
  });

  it('leaves connections on which the broker does nothing any more, though nobody closes them', async () => {
    const relay = await Relay.to(broker.port);
    const fallen: string[] = [];
    const transport = await createTransport({
      url: `rabbit://guest:guest@127.0.0.1:${relay.port}/`,
      controlExchange: exchange,
      responseTimeoutMs: 30_000,
      observer: { warn: (message) => void fallen.push(message) },
    });
    const stars = new RpcClient(transport, starsContract);
    await stars.call(context, 'who', null);
    relay.silence();
    relay.heal();
    assert.equal(await stars.call(context, 'who', null), 'a');
    for (const purpose of ['publish', 'consume']) {
      const text = `no connection to the broker (${purpose}): trying again`;
      assert.equal(fallen.filter((message) => message === text).length, 1, String(fallen));
    }
    await stars.call(context, 'change', { ms: 1 });
    await transport.stop();
    await relay.close();
  });

  it('moves back to its own host of several once that takes it again; no call is lost or run twice', async () => {
    const relays = await Promise.all([Relay.to(broker.port), Relay.to(broker.port)]);
    const moves: string[] = [];
    const info = (message: string): void => void (message.startsWith('moved back') && moves.push(message));
    const transport = await createTransport({
      url: `rabbit://${relays.map(({ port }) => `guest:guest@127.0.0.1:${port}`).join(',')}/`,
      controlExchange: `${exchange}h`,
      responseTimeoutMs: 20_000,
      rabbit: { homeEveryMs: 100 },
      observer: { info },
    });
    const other = new StarsServer(transport, 'd');
    await other.server.start();
    const stars = new RpcClient(transport, starsContract);
    const away = relays.find(({ accepted }) => accepted > 0);
    assert.ok(away !== undefined);
    away.target = 1;
    away.cut();
    await healthy(transport, ({ connected }) => !connected);
    await healthy(transport, allConsume);
    assert.deepEqual(moves, []);
    away.target = broker.port;
    let changes = 0;
    for (let left = 50; left > 0; left -= moves.length > 0 ? 1 : 0) {
      await Promise.all([1, 2, 3].map(() => stars.call(context, 'change', { ms: 5 })));
      changes += 3;
    }
    assert.equal(other.runs.filter((run) => run === 'change').length, changes);
    await other.server.stop();
    await transport.stop();
    await Promise.all(relays.map((relay) => relay.close()));
  });

  async function deleteQueue(name: string): Promise<void> {
    const model = await connect(broker.url.replace('rabbit:', 'amqp:'));
    const channel = await model.createChannel();
    await channel.deleteQueue(name);
    await model.close();
  }
});
