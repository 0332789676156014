// What the store does when its PostgreSQL stops answering without a word: no FIN, no RST.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { DatabaseServer, query } from '#testing/database-server';
import { Relay } from '#testing/relay';
import { withStore } from '#testing/watched-store';
import type { Queries } from '../../apps/worker/src/store/index.js';

describe('a store whose PostgreSQL falls silent', () => {
  let server: DatabaseServer;
  let relay: Relay;

  /** The server's URL by way of the relay. */
  const relayed = (): string => {
    const url = new URL(server.url);
    url.port = String(relay.port);
    return url.href;
  };
  const read = async (db: Queries): Promise<unknown> => (await sql`select ${1}::int as one`.execute(db)).rows[0];

  before(async () => {
    server = await DatabaseServer.create();
    await server.start();
    await query(server.url, 'create table notes (text text)');
    relay = await Relay.to(server.port);
  });
  after(async () => {
    await relay?.close();
    await server?.remove();
  });

  it(
    'finds the connections whose answers cannot come any more, though new ones are answered',
    { timeout: 60_000 },
    () =>
      withStore(relayed(), { statementTimeoutMs: 600_000 }, async ({ store }) => {
        await Promise.all([read(store.db), read(store.db)]);
        relay.silence();
        relay.heal();
        // Long before statement_timeout: the server is asked whether it knows them.
        const answers = await Promise.all([read(store.db), read(store.db), store.transaction((tx) => read(tx))]);
        assert.deepEqual(answers, [{ one: 1 }, { one: 1 }, { one: 1 }]);
      }),
  );

  it(
    'tells of a commit without an answer that it may have happened, and of what was before it that it did not',
    {
      timeout: 60_000,
    },
    () =>
      withStore(relayed(), { statementTimeoutMs: 600_000 }, async ({ store }) => {
        await store.transaction((tx) => read(tx));
        const committing = store.transaction(async (tx) => {
          await sql`insert into notes values (${'perhaps'})`.execute(tx);
          relay.silence();
          relay.heal();
        });
        await assert.rejects(committing, { code: 'DatabaseOutcomeUnknown' });
        let runs = 0;
        await store.transaction(async (tx) => {
          runs += 1;
          await sql`insert into notes values (${'once'})`.execute(tx);
          if (runs > 1) return;
          relay.silence();
          relay.heal();
          await read(tx);
        });
        assert.equal(runs, 2);
        assert.equal((await query(server.url, `select 1 from notes where text = 'once'`)).length, 1);
      }),
  );

  it(
    'gives up within the connect limit when new connections get no answer either, and goes on when they do',
    {
      timeout: 120_000,
    },
    () =>
      withStore(
        relayed(),
        { connectTimeoutMs: 1_000, reconnectTimeoutMs: 0, statementTimeoutMs: 600_000 },
        async ({ store, until }) => {
          await Promise.all([read(store.db), read(store.db)]);
          relay.silence();
          const outcomes = await Promise.allSettled([
            read(store.db),
            read(store.db),
            store.transaction((tx) => read(tx)),
          ]);
          for (const outcome of outcomes) {
            assert.equal(outcome.status, 'rejected');
            assert.equal(outcome.reason.code, 'DatabaseUnavailable');
          }
          assert.match(store.condition().reason ?? '', /no connection within 1 s \(connect_timeout\)/);
          relay.heal();
          await until(true);
          await read(store.db);
        },
      ),
  );

  it('lets a statement be that only takes long', { timeout: 60_000 }, () =>
    withStore(relayed(), {}, async ({ store }) => {
      const made = relay.accepted;
      const { rows } = await sql`select ${'done'}::text as text, pg_sleep(6)`.execute(store.db);
      assert.equal((rows[0] as { text: string }).text, 'done');
      // It was asked about, over connections of their own.
      assert.ok(relay.accepted > made + 1);
    }),
  );
});
