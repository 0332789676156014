import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { OutgoingMessage } from '#libs/messaging';
import { startDatabase } from '#testing/database';
import type { TestDatabase } from '#testing/database';
import { Outbox, PostgresDeliveryLedger, openStore, syncDatabase } from '../../apps/worker/src/store/index.js';
import type { Store } from '../../apps/worker/src/store/index.js';

const message = (uniqueId: string): OutgoingMessage => ({
  exchange: 'albireo',
  routingKey: 'conductor',
  fanout: false,
  uniqueId,
  body: '{}',
  headers: {},
});

describe('outbox and ledger on PostgreSQL', () => {
  let database: TestDatabase;
  let store: Store;
  let other: Store;

  before(async () => {
    database = await startDatabase();
    store = await openStore({ kind: 'postgres', url: database.url });
    other = await openStore({ kind: 'postgres', url: database.url });
    await syncDatabase(store);
  });
  after(async () => {
    await Promise.all([store.close(), other.close()]);
    await database.stop();
  });

  const waiting = async (): Promise<string[]> =>
    (await store.db.selectFrom('outbox').select('unique_id').orderBy('id').execute()).map((row) => row.unique_id);
  const makeDue = () => sql`update outbox set due_at = now()`.execute(store.db);

  it('publishes after the commit, and nothing of what was rolled back', async () => {
    const published: string[] = [];
    const outbox = new Outbox(store, { publish: async ({ uniqueId }) => void published.push(uniqueId) });
    await store.transaction((tx) => outbox.add(tx, message('kept')));
    const failing = store.transaction(async (tx) => {
      await outbox.add(tx, message('lost'));
      throw new Error('rolled back');
    });
    await assert.rejects(failing, /rolled back/);
    await outbox.stop();
    assert.deepEqual(published, ['kept']);
    assert.deepEqual(await waiting(), []);
  });

  it('is swept by another worker after a crash between commit and publish, once among many sweepers', async () => {
    // A worker that never publishes: it "died" right after its commit.
    const dead = new Outbox(store, { publish: () => new Promise(() => undefined) });
    for (let count = 0; count < 250; count += 1) {
      await store.transaction((tx) => dead.add(tx, message(`m${count}`)));
    }
    const published: OutgoingMessage[] = [];
    const publisher = { publish: async (sent: OutgoingMessage) => void published.push(sent) };
    const sweepers = [new Outbox(store, publisher), new Outbox(other, publisher), new Outbox(other, publisher)];
    const early = await store.db
      .selectFrom('outbox')
      .select('id')
      .where(sql<boolean>`due_at < created_at + interval '2 seconds'`)
      .execute();
    assert.deepEqual(early, [], 'rows are left to their own worker for the first seconds');
    await makeDue();
    let swept = 1;
    while (swept > 0) {
      const counts = await Promise.all(sweepers.map((outbox) => outbox.sweep()));
      swept = counts.reduce((sum, count) => sum + count, 0);
    }
    assert.equal(published.length, 250);
    assert.equal(new Set(published.map((sent) => sent.uniqueId)).size, 250);
    assert.deepEqual(
      published.find((sent) => sent.uniqueId === 'm7'),
      message('m7'),
    );
    assert.deepEqual(await waiting(), []);
  });

  it('keeps what the broker did not confirm, and waits longer each time', async () => {
    const outbox = new Outbox(store, { publish: () => Promise.reject(new Error('the broker is away')) });
    await store.transaction((tx) => outbox.add(tx, message('patient')));
    await makeDue();
    assert.equal(await outbox.sweep(), 0);
    await outbox.stop();
    assert.deepEqual(await waiting(), ['patient']);
    const row = await store.db
      .selectFrom('outbox')
      .select(['attempts', sql<number>`extract(epoch from due_at - now())::float8`.as('wait')])
      .executeTakeFirstOrThrow();
    assert.equal(row.attempts, 1);
    assert.ok(row.wait > 4 && row.wait <= 10, String(row.wait));
    await sql`delete from outbox`.execute(store.db);
  });

  it('lets one of many claim a cast, and tells the others to wait, then that it is done', async () => {
    const ledgers = [store, other, store, other].map((each) => new PostgresDeliveryLedger(each));
    const claims = await Promise.all(ledgers.map((ledger) => ledger.claim('c1', 'compute', 60_000)));
    const won = claims.filter((claim) => claim.state === 'claimed');
    assert.equal(won.length, 1);
    const busy = claims.find((claim) => claim.state === 'busy');
    assert.ok(busy?.state === 'busy' && busy.retryInMs > 50_000);
    await ledgers[0]!.complete('c1', won[0]!.token);
    assert.deepEqual(await ledgers[1]!.claim('c1', 'compute', 60_000), { state: 'done' });
    await ledgers[0]!.complete('c1', won[0]!.token);
    for (const ledger of ledgers) ledger.stop();
  });

  it('fences a worker that lost its claim: its transaction does not commit', async () => {
    const ledger = new PostgresDeliveryLedger(store);
    const first = await ledger.claim('c2', 'compute', 1);
    assert.ok(first.state === 'claimed');
    // It sleeps: its claims are not renewed.
    ledger.stop();
    await sql`select pg_sleep(0.01)`.execute(store.db);
    const rival = new PostgresDeliveryLedger(other);
    const second = await rival.claim('c2', 'compute', 60_000);
    rival.stop();
    assert.ok(second.state === 'claimed' && second.attempts === 2 && second.token !== first.token);
    const outbox = new Outbox(store, { publish: async () => assert.fail('what was undone is published') });
    const late = store.transaction(async (tx) => {
      await tx.insertInto('flavor_projects').values({ flavor_id: '1', project_id: 'late' }).execute();
      await outbox.add(tx, message('late'));
      await ledger.completeIn(tx, { uniqueId: 'c2', token: first.token });
    });
    await assert.rejects(late, { code: 'StaleClaim' });
    await outbox.stop();
    assert.deepEqual(await store.db.selectFrom('flavor_projects').selectAll().execute(), []);
    assert.deepEqual(await waiting(), []);
    await store.transaction((tx) => ledger.completeIn(tx, { uniqueId: 'c2', token: second.token }));
    assert.deepEqual(await ledger.claim('c2', 'compute', 1), { state: 'done' });
  });

  it('a step whose claim is lost in its first statement does not begin anew elsewhere', async () => {
    const ledger = new PostgresDeliveryLedger(store);
    const alone = store.transaction((tx) => ledger.completeIn(tx, { uniqueId: 'nobody’s', token: '1' }));
    await assert.rejects(alone, { code: 'StaleClaim' });
    const held = store.transaction(async (tx) => {
      await tx.insertInto('flavor_projects').values({ flavor_id: '1', project_id: 'late' }).execute();
      await ledger.requireIn(tx, { uniqueId: 'nobody’s', token: '1' });
    });
    await assert.rejects(held, { code: 'StaleClaim' });
    assert.deepEqual(await store.db.selectFrom('flavor_projects').selectAll().execute(), []);
    ledger.stop();
  });

  it('keeps the claim of a handler that runs long, until its worker is gone', async () => {
    const ledger = new PostgresDeliveryLedger(store);
    const rival = new PostgresDeliveryLedger(other);
    const first = await ledger.claim('long', 'compute', 1_500);
    assert.ok(first.state === 'claimed');
    await sql`select pg_sleep(2)`.execute(store.db);
    assert.equal((await rival.claim('long', 'compute', 1_500)).state, 'busy');
    ledger.stop();
    let claim = await rival.claim('long', 'compute', 1_500);
    while (claim.state === 'busy') {
      await sleep(claim.retryInMs);
      claim = await rival.claim('long', 'compute', 1_500);
    }
    assert.ok(claim.state === 'claimed' && claim.attempts === 2);
    await rival.complete('long', claim.token);
    rival.stop();
  });

  it('gives a failed claim back at once, and forgets what ended long ago', async () => {
    const ledger = new PostgresDeliveryLedger(store);
    const first = await ledger.claim('c3', 'compute', 60_000);
    assert.ok(first.state === 'claimed');
    await ledger.fail('c3', first.token, 'no luck');
    const second = await ledger.claim('c3', 'compute', 60_000);
    assert.ok(second.state === 'claimed' && second.attempts === 2);
    await sql`update consumed_messages set updated_at = now() - interval '2 days'`.execute(store.db);
    assert.equal(await ledger.sweep(86_400_000), 3);
    const left = await store.db.selectFrom('consumed_messages').select('unique_id').execute();
    assert.deepEqual(left, [{ unique_id: 'c3' }]);
    ledger.stop();
  });
});
