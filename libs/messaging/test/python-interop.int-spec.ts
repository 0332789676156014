import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import { startBroker } from '#testing/broker';
import type { Broker } from '#testing/broker';
import { missingPythonModules } from '#testing/peers';
import { createTransport, RemoteError, RpcClient } from '../src/index.js';
import type { MessagingErrorCode, Transport } from '../src/index.js';
import { coreOf } from '../src/transport/transport-core.js';
import { PythonPeer } from './python-peer.js';
import { queueKind } from './queue-kind.js';
import { rejectsWith } from './semantics-site.js';
import { starsContract } from './stars-contract.js';
import type { StarsContract } from './stars-contract.js';
import { StarsServer } from './stars-server.js';

const context = createContext({ user_id: 'u1', roles: ['member'] });
const skip = missingPythonModules('oslo_messaging');

async function remote(promise: Promise<unknown>, code: MessagingErrorCode = 'RemoteError'): Promise<RemoteError> {
  const error = await rejectsWith(promise, code);
  assert.ok(error instanceof RemoteError);
  return error;
}

describe('with the real oslo.messaging', { skip }, () => {
  let broker: Broker;
  const topic = `stars_${process.pid}`;
  const exchange = `interop_${process.pid}`;

  before(async () => {
    broker = await startBroker();
  });
  after(() => broker.stop());

  function open(): Promise<Transport> {
    return createTransport({ ...queueKind(), url: broker.url, controlExchange: exchange, responseTimeoutMs: 10_000 });
  }

  describe('a client of ours and a Python server', () => {
    let peer: PythonPeer;
    let transport: Transport;
    let client: RpcClient<StarsContract>;

    before(async () => {
      peer = new PythonPeer('serve', broker.url, exchange, topic, 'py1');
      assert.deepEqual(await peer.next(), { ready: 'py1' });
      transport = await open();
      client = new RpcClient(transport, { ...starsContract, topic });
    });
    after(async () => {
      await transport.stop();
      await peer.stop();
    });

    it('calls', async () => {
      assert.deepEqual(await client.call(context, 'echo', { text: 'Ä ✨ \\', number: 2 }), {
        text: 'Ä ✨ \\',
        number: 2,
      });
      assert.equal(await client.call(context, 'whoami', null), 'u1');
    });

    it('calls one server by its name', async () => {
      assert.equal(await client.call(context, 'who', null, { server: 'py1' }), 'py1');
      await rejectsWith(client.call(context, 'who', null, { server: 'py2' }), 'NoWorker');
    });

    it('casts, to any, to one and to all', async () => {
      await client.cast(context, 'note', { note: 'any' });
      assert.deepEqual(await peer.next(), { note: 'any', host: 'py1' });
      await client.cast(context, 'note', { note: 'one' }, { server: 'py1' });
      assert.deepEqual(await peer.next(), { note: 'one', host: 'py1' });
      await client.cast(context, 'note', { note: 'all' }, { fanout: true });
      assert.deepEqual(await peer.next(), { note: 'all', host: 'py1' });
    });

    it('gets exceptions with class, module and arguments', async () => {
      const expected = await remote(client.call(context, 'fail', { note: 'expected' }));
      assert.deepEqual([expected.excType, expected.module, expected.args], ['KeyError', 'builtins', ['gone']]);
      const unexpected = await remote(client.call(context, 'fail', { note: 'boom' }));
      assert.deepEqual([unexpected.excType, unexpected.args], ['ValueError', ['boom', 7]]);
    });

    it('gets NoSuchMethod and UnsupportedVersion', async () => {
      await remote(client.call(context, 'nested', { inner: { size: 1 } }), 'NoSuchMethod');
      const newer = new RpcClient(transport, { ...starsContract, topic, version: '1.9' });
      await remote(newer.call(context, 'who', null), 'UnsupportedVersion');
    });

    it('times out, and is kept alive by heartbeats', async () => {
      await rejectsWith(client.call(context, 'wait', { ms: 900 }, { timeoutMs: 300 }), 'MessagingTimeout');
      const monitored = client.prepare({ callMonitorTimeout: 2 });
      assert.equal(await monitored.call(context, 'wait', { ms: 2_600 }), 'waited');
    });

    it('keeps 64 calls at once apart', async () => {
      const numbers = Array.from({ length: 64 }, (_, index) => index);
      const answers = await Promise.all(numbers.map((number) => client.call(context, 'echo', { text: 'x', number })));
      assert.deepEqual(
        answers.map((answer) => answer.number),
        numbers,
      );
    });

    it('understands a server that compresses its replies', async () => {
      const compressing = `${broker.url}/?kombu_compression=gzip`;
      const other = new PythonPeer('serve', compressing, exchange, `${topic}_gzip`, 'py1');
      await other.next();
      const caller = new RpcClient(transport, { ...starsContract, topic: `${topic}_gzip` });
      assert.deepEqual(await caller.call(context, 'echo', { text: 'x'.repeat(5_000) }), {
        text: 'x'.repeat(5_000),
        number: null,
      });
      await other.stop();
    });

    it('says at once that the server has gone', async () => {
      const alone = new PythonPeer('serve', broker.url, exchange, `${topic}_gone`, 'py1');
      await alone.next();
      const lonely = new RpcClient(transport, { ...starsContract, topic: `${topic}_gone` });
      assert.equal(await lonely.call(context, 'who', null), 'py1');
      await alone.stop();
      const startedAt = performance.now();
      await rejectsWith(lonely.call(context, 'who', null), 'NoWorker');
      assert.ok(performance.now() - startedAt < 6_000);
    });
  });

  describe('a topic that Python serves', () => {
    const shared = `${topic}_shared`;
    let peer: PythonPeer;

    before(async () => {
      peer = new PythonPeer('serve', broker.url, exchange, shared, 'py1');
      await peer.next();
    });
    after(() => peer.stop());

    for (const queueNaming of ['exchange', 'oslo'] as const) {
      it(`is not joined unknowingly, with names of ${queueNaming}`, async () => {
        const transport = await createTransport({
          ...queueKind(),
          url: broker.url,
          controlExchange: exchange,
          queueNaming,
        });
        const intruder = new StarsServer(transport, 'ts1', { topic: shared });
        await rejectsWith(intruder.server.start(), 'ForeignConsumers');
        await intruder.server.stop();
        const client = new RpcClient(transport, { ...starsContract, topic: shared });
        await client.cast(context, 'note', { note: queueNaming });
        assert.deepEqual(await peer.next(), { note: queueNaming, host: 'py1' });
        const left = await coreOf(transport).driver.inspectQueue(`${exchange}.${shared}`);
        assert.equal(left?.messages ?? 0, 0);
        await transport.stop();
      });
    }

    it('is joined when that is wanted', async () => {
      const settings = { controlExchange: exchange, queueNaming: 'oslo', joinForeignTopics: true } as const;
      const transport = await createTransport({ ...queueKind(), url: broker.url, ...settings });
      const star = new StarsServer(transport, 'ts1', { topic: shared });
      await star.server.start();
      const client = new RpcClient(transport, { ...starsContract, topic: shared });
      const names = await Promise.all(Array.from({ length: 8 }, () => client.call(context, 'who', null)));
      assert.deepEqual([...new Set(names)].toSorted(), ['py1', 'ts1']);
      await star.server.stop();
      await transport.stop();
    });

    it('may be served by several of ours', async () => {
      const transport = await createTransport({
        ...queueKind(),
        url: broker.url,
        controlExchange: exchange,
        queueNaming: 'oslo',
      });
      const stars = ['a', 'b'].map((host) => new StarsServer(transport, host, { topic: `${shared}_ours` }));
      for (const star of stars) await star.server.start();
      for (const star of stars) await star.server.stop();
      await transport.stop();
    });
  });

  describe('a Python client and a server of ours', () => {
    const ours = `${topic}_ours`;
    let peer: PythonPeer;
    let transport: Transport;
    let star: StarsServer;

    before(async () => {
      transport = await open();
      star = new StarsServer(transport, 'ts1', { topic: ours });
      await star.server.start();
      peer = new PythonPeer('client', broker.url, exchange, ours);
      await peer.next();
    });
    after(async () => {
      await peer.stop();
      await star.server.stop();
      await transport.stop();
    });

    it('calls', async () => {
      assert.deepEqual(await peer.run({ op: 'call', method: 'echo', args: { text: 'Ä ✨ \\', number: 2 } }), {
        ok: { text: 'Ä ✨ \\', number: 2 },
      });
      assert.deepEqual(await peer.run({ op: 'call', method: 'whoami' }), { ok: 'u1' });
    });

    it('calls one server by its name', async () => {
      assert.deepEqual(await peer.run({ op: 'call', method: 'who', server: 'ts1' }), { ok: 'ts1' });
      const missing = await peer.run({ op: 'call', method: 'who', server: 'ts2', timeout: 1 });
      assert.equal(missing['error'], 'MessagingTimeout');
    });

    it('casts, to any, to one and to all', async () => {
      await peer.run({ op: 'cast', method: 'note', args: { note: 'any' } });
      await peer.run({ op: 'cast', method: 'note', args: { note: 'one' }, server: 'ts1' });
      await star.noted(2);
      await peer.run({ op: 'cast', method: 'note', args: { note: 'all' }, fanout: true });
      assert.deepEqual((await star.noted(3)).toSorted(), ['all', 'any', 'one']);
    });

    it('gets exceptions with class and text', async () => {
      const expected = await peer.run({ op: 'call', method: 'fail', args: { note: 'expected' } });
      assert.deepEqual(expected, { error: 'RemoteError', exc_type: 'StarNotFound', value: 'no such star' });
      const unexpected = await peer.run({ op: 'call', method: 'fail', args: { note: 'bang' } });
      assert.deepEqual(unexpected, { error: 'RemoteError', exc_type: 'RangeError', value: 'bang' });
    });

    it('gets NoSuchMethod, UnsupportedVersion and InvalidArguments', async () => {
      assert.equal((await peer.run({ op: 'call', method: 'nothing' }))['exc_type'], 'NoSuchMethod');
      assert.equal((await peer.run({ op: 'call', method: '__proto__' }))['exc_type'], 'NoSuchMethod');
      assert.equal((await peer.run({ op: 'call', method: 'who', version: '1.9' }))['exc_type'], 'UnsupportedVersion');
      assert.equal((await peer.run({ op: 'call', method: 'who', namespace: 'x' }))['exc_type'], 'UnsupportedVersion');
      const wrong = await peer.run({ op: 'call', method: 'echo', args: { text: 1 } });
      assert.equal(wrong['exc_type'], 'InvalidArguments');
      assert.match(String(wrong['value']), /argument "text"/);
    });

    it('times out, and is kept alive by heartbeats', async () => {
      const late = await peer.run({ op: 'call', method: 'wait', args: { ms: 1_500 }, timeout: 1 });
      assert.equal(late['error'], 'MessagingTimeout');
      const command = { op: 'call', method: 'wait', args: { ms: 2_600 }, call_monitor_timeout: 2 };
      assert.deepEqual(await peer.run(command), { ok: 'ts1 waited 2600' });
    });

    it('keeps 64 callers at once apart', async () => {
      const { results } = await peer.run({ op: 'call', method: 'echo', parallel: 64 });
      assert.deepEqual(
        results,
        Array.from({ length: 64 }, (_, index) => ({ ok: { text: `t${index}` } })),
      );
    });

    it("answers nova's ping", async () => {
      const ping = { op: 'call', method: 'ping', namespace: 'baseapi', version: '1.1', args: { arg: 'hi' } };
      assert.deepEqual(await peer.run(ping), { ok: { service: ours, arg: 'hi' } });
    });

    it("answers oslo's ping where that is enabled", async () => {
      const pinged = `${ours}_ping`;
      const pinging = await createTransport({
        ...queueKind(),
        url: broker.url,
        controlExchange: exchange,
        pingEnabled: true,
      });
      const other = new StarsServer(pinging, 'ts1', { topic: pinged });
      await other.server.start();
      const caller = new PythonPeer('client', broker.url, exchange, pinged);
      await caller.next();
      const ping = { op: 'call', method: 'oslo_rpc_server_ping', namespace: null, version: null };
      assert.deepEqual(await caller.run(ping), { ok: 'pong' });
      assert.deepEqual(await caller.run({ ...ping, server: 'ts1' }), { ok: 'pong' });
      assert.equal((await peer.run(ping))['error'], 'RemoteError');
      await caller.stop();
      await other.server.stop();
      await pinging.stop();
    });
  });
});
