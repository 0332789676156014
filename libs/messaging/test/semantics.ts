import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { RemoteError, RpcClient } from '../src/index.js';
import type { IncomingReply } from '../src/wire/envelope.js';
import { coreOf } from '../src/transport/transport-core.js';
import { castSemantics } from './cast-semantics.js';
import { rejectsWith, semanticsSite } from './semantics-site.js';
import type { Bus } from './semantics-site.js';
import { starsContract } from './stars-contract.js';

/** The common behaviour of both drivers. */
export function describeSemantics(name: string, openBus: () => Promise<Bus>): void {
  describe(`semantics of the ${name} driver`, () => {
    const site = semanticsSite(openBus);
    const { context, open, pair, parked, serve } = site;

    it('answers a call', async () => {
      const { client } = await pair();
      assert.deepEqual(await client.call(context, 'echo', { text: 'Álbireo ✨ "\\', number: 3 }), {
        text: 'Álbireo ✨ "\\',
        number: 3,
      });
      assert.equal(await client.call(context, 'nested', { inner: { size: 4 } }), 4);
    });

    it('carries the context, and never a token', async () => {
      const { client } = await pair();
      const withToken = { ...context, auth_token: 'secret' };
      assert.equal(await client.call(withToken, 'whoami', null), 'u1');
      const message = client.serializeCast(withToken, 'note', { note: 'n' });
      assert.ok(!message.body.includes('secret'));
    });

    it('answers 64 calls at once, each with its own reply', async () => {
      const { client } = await pair();
      const numbers = Array.from({ length: 64 }, (_, index) => index);
      const answers = await Promise.all(
        numbers.map((number) => client.call(context, 'echo', { text: `t${number}`, number })),
      );
      assert.deepEqual(
        answers.map((answer) => answer.number),
        numbers,
      );
    });

    it('reaches one server by its name', async () => {
      const { client } = await pair();
      await serve(await open(), 'b');
      for (const server of ['a', 'b', 'a']) assert.equal(await client.call(context, 'who', null, { server }), server);
      await rejectsWith(client.call(context, 'who', null, { server: 'nobody' }), 'NoWorker');
    });

    it('shares calls among servers', async () => {
      const { client } = await pair();
      await serve(await open(), 'b');
      const names = await Promise.all(Array.from({ length: 20 }, () => client.call(context, 'who', null)));
      assert.deepEqual([...new Set(names)].toSorted(), ['a', 'b']);
    });

    it('brings an expected error with its class and details', async () => {
      const { client } = await pair();
      const error = await rejectsWith(client.call(context, 'fail', { note: 'expected' }), 'RemoteError');
      assert.ok(error instanceof RemoteError);
      assert.equal(error.excType, 'StarNotFound');
      assert.deepEqual(error.kwargs, { star: 'b' });
    });

    it('brings an unexpected error without its stack', async () => {
      const { client } = await pair();
      const error = await rejectsWith(client.call(context, 'fail', { note: 'bang' }), 'RemoteError');
      assert.ok(error instanceof RemoteError);
      assert.deepEqual([error.excType, error.value, error.traceback], ['RangeError', 'bang', []]);
    });

    it('refuses arguments that do not fit, naming the field', async () => {
      const { client } = await pair();
      const wrong = { text: 'x', number: 1000 };
      assert.match(
        (await rejectsWith(client.call(context, 'echo', wrong), 'InvalidArguments')).message,
        /argument "number"/,
      );
      const extra = { text: 'x', extra: 1 };
      assert.match(
        (await rejectsWith(client.call(context, 'echo', extra), 'InvalidArguments')).message,
        /argument "extra"/,
      );
      const deep = JSON.parse('{"inner": {"size": "big"}}');
      assert.match(
        (await rejectsWith(client.call(context, 'nested', deep), 'InvalidArguments')).message,
        /argument "inner.size"/,
      );
    });

    it('answers what it does not have and what is too new', async () => {
      const { client } = await pair();
      const { methods, ...rest } = starsContract;
      const other = { ...rest, methods: { ...methods, nothing: methods.who } };
      const stranger = new RpcClient(client.transport, other);
      await rejectsWith(stranger.call(context, 'nothing', null), 'NoSuchMethod');
      const newer = new RpcClient(client.transport, { ...starsContract, version: '1.9' });
      await rejectsWith(newer.call(context, 'who', null), 'UnsupportedVersion');
      const older = new RpcClient(client.transport, { ...starsContract, version: '1.0' });
      assert.equal(await older.call(context, 'who', null), 'a');
    });

    it('refuses a version above the cap, and a call by fanout, before anything is sent', async () => {
      const { client } = await pair();
      const capped = client.prepare({ versionCap: '1.1' });
      assert.equal(capped.canSendVersion('1.1'), true);
      assert.equal(capped.canSendVersion(), false);
      await rejectsWith(capped.call(context, 'who', null), 'RPCVersionCapError');
      assert.equal(await capped.prepare({ version: '1.0' }).call(context, 'who', null), 'a');
      await rejectsWith(client.prepare({ fanout: true }).call(context, 'who', null), 'InvalidTarget');
    });

    it('answers a result that cannot be sent with an error', async () => {
      const { client } = await pair();
      for (const [note, excType] of [
        ['circular', 'Unserializable'],
        ['huge', 'MessageTooLarge'],
      ] as const) {
        const error = await rejectsWith(client.call(context, 'broken', { note }), 'RemoteError');
        assert.ok(error instanceof RemoteError);
        assert.equal(error.excType, excType);
      }
    });

    it('does not send what is too large', async () => {
      const { client } = await pair();
      await rejectsWith(client.call(context, 'echo', { text: 'x'.repeat(1_500_000) }), 'MessageTooLarge');
    });

    it('ends a call at its deadline', async () => {
      const { client } = await pair();
      const startedAt = performance.now();
      await rejectsWith(client.call(context, 'wait', { ms: 500 }, { timeoutMs: 200 }), 'MessagingTimeout');
      const tookMs = performance.now() - startedAt;
      assert.ok(tookMs >= 190 && tookMs < 450, `${tookMs} ms`);
    });

    it('keeps a monitored call alive by heartbeats', async () => {
      const { client } = await pair();
      const monitored = client.prepare({ callMonitorTimeout: 2 });
      assert.match(await monitored.call(context, 'wait', { ms: 2_500 }), /waited/);
    });

    it('says at once that nobody serves a topic', async () => {
      const { client, star } = await pair();
      const lonely = new RpcClient(client.transport, { ...starsContract, topic: 'nowhere' });
      let startedAt = performance.now();
      await rejectsWith(lonely.call(context, 'who', null), 'NoWorker');
      assert.ok(performance.now() - startedAt < 1_000);
      await client.call(context, 'who', null);
      await star.server.stop();
      startedAt = performance.now();
      await rejectsWith(client.call(context, 'who', null), 'NoWorker');
      assert.ok(performance.now() - startedAt < 4_000, 'within the grace');
    });

    it('does not run a request whose caller has given up', async () => {
      const { client, star } = await pair({ concurrency: 1 });
      const first = client.call(context, 'wait', { ms: 600 });
      await star.ran(1);
      await rejectsWith(client.call(context, 'change', { ms: 1 }, { timeoutMs: 150 }), 'MessagingTimeout');
      await first;
      await client.call(context, 'who', null);
      assert.deepEqual(star.runs, ['wait']);
    });

    castSemantics(site);

    it('finishes and answers what runs when it is stopped, and hands back the rest', async () => {
      const { client, star } = await pair({ concurrency: 1 });
      const running = client.call(context, 'change', { ms: 400 });
      await star.ran(1);
      const waiting = client.call(context, 'who', null);
      await client.cast(context, 'note', { note: 'left' });
      await star.server.stop(2_000);
      const next = await serve(await open(), 'b');
      assert.equal(await running, 'a waited 400');
      assert.equal(await waiting, 'b');
      assert.deepEqual(await next.noted(1), ['left']);
    });

    it('waits for as long as it takes when there is no deadline, and does not abort at once', async () => {
      const { client, star } = await pair();
      const running = client.call(context, 'change', { ms: 200 });
      await star.ran(1);
      await client.cast(context, 'note', { note: 'long' });
      let aborted = false;
      star.onNote = async (_note, delivery) => {
        await running;
        aborted = delivery.signal.aborted;
      };
      await star.ran(2);
      await star.server.stop(Infinity);
      assert.equal(await running, 'a waited 200');
      assert.equal(aborted, false);
      assert.deepEqual(star.notes, ['long']);
    });

    it('aborts the signal of what does not end in time', async () => {
      const { client, star } = await pair();
      let reason: unknown;
      star.onNote = (_note, delivery) =>
        new Promise((_resolve, reject) => {
          delivery.signal.addEventListener('abort', () => {
            reason = delivery.signal.reason;
            reject(new Error('aborted'));
          });
        });
      await client.cast(context, 'note', { note: 'long' });
      await star.ran(1);
      await star.server.stop(50);
      assert.match(String(reason), /the server stops/);
    });

    it('aborts the signal of a handler whose caller has given up', async () => {
      const { client, star } = await pair();
      const waiting = rejectsWith(client.call(context, 'wait', { ms: 1_000 }, { timeoutMs: 200 }), 'MessagingTimeout');
      await star.ran(1);
      const signal = star.deliveries[0]?.signal;
      if (signal?.aborted === false) await once(signal, 'abort');
      assert.match(String(signal?.reason), /the deadline of the request has passed/);
      await waiting;
    });

    it('answers a call that cannot be read, and parks it not', async () => {
      const { client, transport } = await pair();
      const answer = new Promise<IncomingReply>((resolve) => coreOf(client.transport).calls.collect('m1', resolve));
      const replyQueue = await coreOf(client.transport).calls.replyQueue(5_000);
      const broken = { method: null, args: [], _msg_id: 'm1', _reply_q: replyQueue, _unique_id: 'u1' };
      const message = client.serializeCast(context, 'note', { note: 'x' });
      await client.transport.publish({ ...message, body: JSON.stringify(broken) });
      assert.match(String((await answer).failure), /method is missing or not a string/);
      assert.equal(await parked(transport), 0);
    });

    it('gives a handler its deadline', async () => {
      const { client, star } = await pair();
      await client.cast(context, 'note', { note: 'x' });
      await star.noted(1);
      assert.equal(star.deliveries[0]?.remainingMs(), Infinity);
    });

    it("answers nova's ping on every topic", async () => {
      const { client } = await pair();
      const { baseApiEndpoint } = await import('../src/server/built-in-endpoints.js');
      const contract = baseApiEndpoint('stars', 'stars').contract;
      const ping = coreOf(client.transport).calls.call({
        exchange: site.exchange,
        topic: 'stars',
        server: undefined,
        namespace: contract.namespace,
        version: '1.0',
        method: 'ping',
        args: { arg: 'hi' },
        context,
        timeoutMs: 2_000,
        idempotent: true,
        monitorSeconds: null,
      });
      assert.deepEqual(await ping, { service: 'stars', arg: 'hi' });
    });

    it('tells its health, and fails what waits when it is stopped', async () => {
      const { client, star, transport } = await pair();
      assert.deepEqual(transport.health().consumers, [{ name: 'stars.a', consuming: true }]);
      const waiting = rejectsWith(client.call(context, 'wait', { ms: 300 }), 'TransportStopped');
      await star.ran(1);
      await client.transport.stop();
      await waiting;
      await rejectsWith(client.call(context, 'who', null), 'TransportStopped');
      await client.transport.stop();
      await star.server.stop();
      await star.server.stop();
    });
  });
}
