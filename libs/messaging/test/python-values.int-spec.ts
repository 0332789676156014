import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { connect } from 'amqplib';
import { createContext } from '#libs/telemetry';
import { startBroker } from '#testing/broker';
import type { Broker } from '#testing/broker';
import { missingPythonModules } from '#testing/peers';
import { createTransport, NotificationListener, RpcClient } from '../src/index.js';
import type { Transport } from '../src/index.js';
import { coreOf } from '../src/transport/transport-core.js';
import { PythonPeer } from './python-peer.js';
import { queueKind } from './queue-kind.js';
import { rejectsWith } from './semantics-site.js';
import { starsContract } from './stars-contract.js';
import { StarsServer } from './stars-server.js';

const context = createContext({ user_id: 'u1' });
/** Values that JSON.parse or JSON.stringify would refuse or change. */
const odd = { list: [NaN, Infinity, -Infinity], large: [2n ** 53n, -(2n ** 64n)], text: 'NaN Infinity' };

describe('values that JSON has not, from and to Python', { skip: missingPythonModules('oslo_messaging') }, () => {
  let broker: Broker;
  let transport: Transport;
  const exchange = `values_${process.pid}`;
  before(async () => {
    broker = await startBroker();
    transport = await createTransport({ ...queueKind(), url: broker.url, controlExchange: exchange });
  });
  after(async () => {
    await transport.stop();
    await broker.stop();
  });

  async function parked(topic: string): Promise<number> {
    return (await coreOf(transport).driver.inspectQueue(`${exchange}.${topic}.parked`))?.messages ?? 0;
  }

  it('pass through a server of ours as they are, or are refused at once; nothing is parked', async (test) => {
    const topic = `ours_${process.pid}`;
    const star = new StarsServer(transport, 'ts1', { topic });
    await star.server.start();
    test.after(() => star.server.stop());
    const peer = new PythonPeer('client', broker.url, exchange, topic);
    test.after(() => peer.stop());
    await peer.next();
    const ping = { op: 'call', method: 'ping', namespace: 'baseapi', version: '1.1' };
    assert.deepEqual(await peer.run({ ...ping, args: { arg: odd } }), { ok: { service: topic, arg: odd } });
    for (const number of [NaN, Infinity, 2n ** 53n]) {
      const answer = await peer.run({ op: 'call', method: 'echo', args: { text: 't', number } });
      assert.equal(answer['exc_type'], 'InvalidArguments', String(number));
      assert.match(String(answer['value']), /argument "number"/);
    }
    const huge = 'x'.repeat(20 * 1024 * 1024);
    const answer = await peer.run({ op: 'call', method: 'echo', args: { text: huge }, timeout: 50 });
    assert.equal(answer['exc_type'], 'InvalidArguments');
    const tooLarge = await peer.run({ ...ping, args: { arg: huge }, timeout: 50 });
    assert.equal(tooLarge['exc_type'], 'MessageTooLarge');
    await peer.run({ op: 'cast', method: 'note', args: { note: huge } });
    assert.equal((await star.noted(1))[0]?.length, huge.length);
    assert.equal(await parked(topic), 0);
  });

  it('are refused as texts where half characters and NUL cannot be stored', async (test) => {
    const topic = `texts_${process.pid}`;
    const star = new StarsServer(transport, 'ts1', { topic, storableTexts: true });
    await star.server.start();
    test.after(() => star.server.stop());
    const peer = new PythonPeer('client', broker.url, exchange, topic);
    test.after(() => peer.stop());
    await peer.next();
    for (const text of ['\ud800', 'a\udc00', 'a\0']) {
      const answer = await peer.run({ op: 'call', method: 'echo', args: { text } });
      assert.equal(answer['exc_type'], 'UnstorableText');
      assert.match(String(answer['value']), /argument text has a half character or NUL/);
    }
    assert.deepEqual(await peer.run({ op: 'call', method: 'echo', args: { text: 'Ä 🔑' } }), { ok: { text: 'Ä 🔑' } });
  });

  it('pass through a server of Python as they are', async (test) => {
    const topic = `theirs_${process.pid}`;
    const peer = new PythonPeer('serve', broker.url, exchange, topic, 'py1');
    test.after(() => peer.stop());
    await peer.next();
    const client = new RpcClient(transport, { ...starsContract, topic });
    for (const number of [NaN, -Infinity, 2n ** 64n, 2 ** 53]) {
      const args = JSON.parse('{"text":"t"}') as { text: string };
      Object.assign(args, { number });
      const { number: answered } = await client.call(context, 'echo', args);
      // Python has one kind of integer.
      assert.deepEqual(answered, number === 2 ** 53 ? 2n ** 53n : number);
    }
  });

  it('come with notifications', async (test) => {
    const topic = `notices_${process.pid}`;
    const peer = new PythonPeer('notify', broker.url, exchange, topic, 'messagingv2');
    test.after(() => peer.stop());
    await peer.next();
    const heard = new Promise<unknown>((resolve) => {
      const endpoints = [{ info: async ({ payload }: { payload: unknown }) => resolve(payload) }];
      const listener = new NotificationListener(transport, { targets: [{ topic }], endpoints });
      test.after(() => listener.stop());
      void listener.start();
    });
    await peer.run({ priority: 'info', event_type: 'odd', payload: odd });
    assert.deepEqual(await heard, odd);
  });

  it('nobody who waits for an answer is left waiting by a request or a reply that cannot be read', async (test) => {
    const topic = `unreadable_${process.pid}`;
    const star = new StarsServer(transport, 'ts1', { topic });
    await star.server.start();
    test.after(() => star.server.stop(50));
    const client = new RpcClient(transport, { ...starsContract, topic });
    await client.call(context, 'who', null);
    const model = await connect(broker.url.replace('rabbit:', 'amqp:'));
    const hands = await model.createChannel();
    test.after(() => model.close());
    const { queue } = await hands.assertQueue('', { exclusive: true });
    const answers: string[] = [];
    let bell: () => void = () => undefined;
    await hands.consume(queue, (message) => {
      answers.push(message?.content.toString() ?? '');
      bell();
    });
    const good = JSON.stringify({ method: 'who', args: {}, version: '1.3', _msg_id: 'm1', _reply_q: queue });
    const bodies: [Buffer, object][] = [
      [Buffer.from(good.slice(0, -1)), {}],
      [Buffer.from(JSON.stringify({ 'oslo.version': '9.0', 'oslo.message': good })), {}],
      [Buffer.from(good.replace('{}', `{"a":${'['.repeat(500)}${']'.repeat(500)}}`)), {}],
      [Buffer.concat([Buffer.from(good), Buffer.from([0xff])]), {}],
      [Buffer.from(good), { contentType: 'text/plain' }],
      [Buffer.from(good), { contentEncoding: 'utf-16' }],
    ];
    for (const [body, properties] of bodies) {
      const answered = new Promise<void>((resolve) => (bell = resolve));
      hands.publish(exchange, topic, body, { contentType: 'application/json', ...properties });
      await answered;
      assert.match(answers.at(-1) ?? '', /InvalidArguments/);
    }
    assert.equal(await parked(topic), 0);

    await hands.bindQueue(queue, exchange, topic);
    const copied = new Promise<void>((resolve) => (bell = resolve));
    const pending = client.call(context, 'wait', { ms: 60_000 }, { timeoutMs: 50_000 });
    await copied;
    const [, msgId = ''] = /_msg_id[\\": ]+([0-9a-f]+)/.exec(answers.at(-1) ?? '') ?? [];
    const replyQueue = await coreOf(transport).calls.replyQueue(1_000);
    hands.sendToQueue(replyQueue, Buffer.from(`{"_msg_id": "${msgId}", "result": [`));
    assert.match((await rejectsWith(pending, 'UnreadableReply')).message, /the reply cannot be read/);
  });
});
