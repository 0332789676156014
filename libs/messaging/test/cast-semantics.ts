import assert from 'node:assert/strict';
import { it } from 'node:test';
import { RpcClient } from '../src/index.js';
import { coreOf } from '../src/transport/transport-core.js';
import { MemoryLedger } from './memory-ledger.js';
import { rejectsWith } from './semantics-site.js';
import type { SemanticsSite } from './semantics-site.js';
import { starsContract } from './stars-contract.js';

/** The common behaviour of casts in both drivers. */
export function castSemantics(site: SemanticsSite): void {
  const { context, open, pair, parked, serve } = site;

  it('delivers casts, and keeps them while no worker runs', async () => {
    const { client, star } = await pair();
    await client.cast(context, 'note', { note: '1' });
    assert.deepEqual(await star.noted(1), ['1']);
    await star.server.stop();
    await client.cast(context, 'note', { note: '2' });
    const next = await serve(await open(), 'b');
    assert.deepEqual(await next.noted(1), ['2']);
  });

  it('says that a cast has no queue', async () => {
    const { client } = await pair();
    const lonely = new RpcClient(client.transport, { ...starsContract, topic: 'nowhere' });
    await rejectsWith(lonely.cast(context, 'note', { note: 'x' }), 'MessageUndeliverable');
  });

  it('sends a fanout to all servers of its own exchange', async () => {
    const { client, star } = await pair();
    const second = await serve(await open(), 'b');
    const foreignTransport = await open({ controlExchange: `${site.exchange}_other` });
    const foreign = await serve(foreignTransport, 'a');
    await client.cast(context, 'note', { note: 'all' }, { fanout: true });
    assert.deepEqual(await star.noted(1), ['all']);
    assert.deepEqual(await second.noted(1), ['all']);
    await new RpcClient(foreignTransport, starsContract).call(context, 'who', null);
    assert.deepEqual(foreign.notes, []);
  });

  it('runs a failing cast again, then parks it', async () => {
    const { client, star, transport } = await pair({}, { maxAttempts: 3 });
    star.onNote = async (note) => {
      if (note === 'never' || star.runs.length === 1) throw new Error('not yet');
    };
    await client.cast(context, 'note', { note: 'later' });
    await star.noted(1);
    assert.equal(star.runs.length, 2);
    await client.cast(context, 'note', { note: 'never' });
    await star.ran(5);
    while ((await parked(transport)) < 1) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(star.runs.length, 5);
  });

  it('parks a cast that cannot be run, without running it', async () => {
    const { client, star, transport } = await pair();
    await client.cast(context, 'note', JSON.parse('{"note": 7}'));
    while ((await parked(transport)) < 1) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual(star.runs, []);
  });

  it('parks what is not a message, and goes on', async () => {
    const { client, transport } = await pair();
    const bodies = ['', '{', '[]', '{"oslo.version":"3.0","oslo.message":"{}"}', '{"method":7}', '['.repeat(50_000)];
    for (const [index, body] of bodies.entries()) {
      const message = client.serializeCast(context, 'note', { note: String(index) });
      await client.transport.publish({ ...message, body });
    }
    while ((await parked(transport)) < bodies.length) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(await client.call(context, 'who', null), 'a');
  });

  it('refuses texts that cannot be stored where it is asked to, by the name of their argument', async () => {
    const { client, star } = await pair({ storableTexts: true });
    for (const [text, is] of [
      ['half \ud800', 'unstorable'],
      ['\udfff half', 'unstorable'],
      ['a\0b', 'unstorable'],
      ['\u{1f511} \ufffd \n', 'storable'],
    ] as const) {
      const answer = client.call(context, 'echo', { text });
      if (is === 'storable') assert.deepEqual(await answer, { text });
      else
        assert.match(
          (await rejectsWith(answer, 'UnstorableText')).message,
          /echo: argument text has a half character or NUL/,
        );
    }
    const named = await rejectsWith(client.call({ ...context, user_name: '\ud800' }, 'who', null), 'UnstorableText');
    assert.match(named.message, /context user_name/);
    assert.equal(star.notes.length, 0);
  });

  it('survives 500 damaged messages, and loses no good one', async () => {
    const { client, star, transport } = await pair({}, { maxAttempts: 1 });
    const good = client.serializeCast(context, 'note', { note: 'good' });
    const asCall = good.body.replace('_unique_id', '_msg_id');
    let seed = 42;
    const random = (below: number): number => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
    const pieces = ['', '"', '\\', '{', '}', '[', ']', 'null', '\u0000', '"__proto__":', '1e999', '\ud800', ','];
    const damaged = Array.from({ length: 500 }, (_, index) => {
      const body = index % 2 === 0 ? good.body : asCall;
      const at = random(body.length);
      return body.slice(0, at) + pieces[random(pieces.length)] + body.slice(at + random(40));
    });
    await Promise.all(damaged.map((body) => client.transport.publish({ ...good, body })));
    for (let number = 0; number < 20; number += 1) await client.cast(context, 'note', { note: `after ${number}` });
    while (star.notes.filter((note) => note.startsWith('after')).length < 20) await star.noted(star.notes.length + 1);
    assert.equal(await client.call(context, 'who', null), 'a');
    assert.ok((await parked(transport)) > 100);
    assert.equal((await coreOf(transport).driver.inspectQueue(`${site.exchange}.stars`))?.messages ?? 0, 0);
  });

  it('runs a copy of a cast once', async () => {
    const { client, star } = await pair();
    const message = client.serializeCast(context, 'note', { note: 'once' }, { uniqueId: 'u'.repeat(32) });
    for (let copy = 0; copy < 3; copy += 1) await client.transport.publish(message);
    await client.cast(context, 'note', { note: 'last' });
    assert.deepEqual(await star.noted(2), ['once', 'last']);
  });

  it('asks the ledger, which holds across servers', async () => {
    const ledger = new MemoryLedger();
    const { client, star } = await pair({ ledger });
    const message = client.serializeCast(context, 'note', { note: 'once' });
    await client.transport.publish(message);
    await star.noted(1);
    assert.equal(star.deliveries[0]?.token, 't1');
    await star.server.stop();
    const next = await serve(await open(), 'b', { ledger });
    await client.transport.publish(message);
    await client.cast(context, 'note', { note: 'second' });
    assert.deepEqual(await next.noted(1), ['second']);
    assert.ok([...ledger.rows.values()].every((row) => row.done || row.attempts > 0));
  });

  it('waits for a claim that another worker holds', async () => {
    const ledger = new MemoryLedger();
    const { client, star } = await pair({ ledger });
    const message = client.serializeCast(context, 'note', { note: 'held' });
    await ledger.claim(message.uniqueId, 'stars', 300);
    await client.transport.publish(message);
    await star.noted(1);
    assert.equal(star.deliveries[0]?.attempts, 2);
  });
}
