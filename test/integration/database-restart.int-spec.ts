// What the store does while its PostgreSQL is restarted, killed, or has no connection left.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'kysely';
import { Client } from 'pg';
import { DatabaseServer, query } from '#testing/database-server';
import { withStore } from '#testing/watched-store';
import { openStore } from '../../apps/worker/src/store/index.js';
import type { PoolSettings, Queries, Store } from '../../apps/worker/src/store/index.js';

/** Longer than any restart on any machine: what these tests are about is not how long that takes. */
const PATIENT: Partial<PoolSettings> = { reconnectTimeoutMs: 120_000, connectTimeoutMs: 60_000 };

describe('a store whose PostgreSQL goes away', () => {
  let server: DatabaseServer;

  const read = async (db: Queries): Promise<number> =>
    (await sql<{ count: number }>`select count(*)::int as count from notes where text <> ${'x'}`.execute(db)).rows[0]
      ?.count ?? -1;
  const write = (db: Queries, text: string): Promise<unknown> => sql`insert into notes values (${text})`.execute(db);
  const written = async (text: string): Promise<number> =>
    (await query(server.url, `select 1 from notes where text = '${text}'`)).length;

  before(async () => {
    server = await DatabaseServer.create({ settings: { max_connections: '12', superuser_reserved_connections: '0' } });
    await server.start();
    await query(server.url, 'create table notes (text text)');
  });
  after(() => server?.remove());

  for (const [how, end] of [
    ['restarted', () => server.stop()],
    ['killed', () => server.kill9()],
  ] as const) {
    it(`lets requests wait while it is ${how}, and fails none`, () =>
      withStore(server.url, PATIENT, async ({ store, until }) => {
        await Promise.all([read(store.db), read(store.db), read(store.db)]);
        await end();
        // Before the end of a connection is read, a statement may be sent on it, and whether that ran is not known.
        await untilNoneIdles(store);
        const waiting = Promise.all([
          read(store.db),
          store.transaction((tx) => write(tx, `${how} 1`)),
          write(store.db, `${how} 2`),
        ]);
        await until(false);
        assert.match(store.condition().reason ?? '', /^the database cannot be reached: connect ECONNREFUSED/);
        await server.start();
        await waiting;
        assert.deepEqual([await written(`${how} 1`), await written(`${how} 2`)], [1, 1]);
        assert.deepEqual(store.condition(), { reachable: true });
      }));

    it(`runs a transaction again whose connection broke when it was ${how}`, () =>
      withStore(server.url, PATIENT, async ({ store }) => {
        let runs = 0;
        let back: Promise<void> | undefined;
        await store.transaction(async (tx) => {
          runs += 1;
          await write(tx, `${how} in a transaction`);
          // Between two statements: the connection is in use, and nobody waits for it.
          if (runs === 1) await end();
          back ??= server.start();
          await read(tx);
        });
        await back;
        assert.equal(runs, 2);
        assert.equal(await written(`${how} in a transaction`), 1);
      }));
  }

  it('refuses at once what comes later than requests wait, until it is back', () =>
    withStore(server.url, { ...PATIENT, reconnectTimeoutMs: 0 }, async ({ store, until }) => {
      await read(store.db);
      await server.stop();
      for (let request = 0; request < 3; request += 1) {
        await assert.rejects(read(store.db), { code: 'DatabaseUnavailable' });
        await assert.rejects(
          store.transaction((tx) => write(tx, 'refused')),
          { code: 'DatabaseUnavailable' },
        );
        await assert.rejects(write(store.db, 'refused'), { code: 'DatabaseUnavailable' });
      }
      await server.start();
      await until(true);
      await read(store.db);
      assert.equal(await written('refused'), 0);
    }));

  it('goes on with the connections that it has when the server gives no more', () =>
    withStore(server.url, { ...PATIENT, maxConnections: 5 }, async ({ store }) => {
      await read(store.db);
      const held = await takeAll();
      try {
        await Promise.all(Array.from({ length: 20 }, () => read(store.db)));
        assert.equal(store.condition().reachable, true);
      } finally {
        await Promise.all(held.map((client) => client.end()));
      }
    }));

  it('tells that the server gives no connection at all, and has one when there is one again', () =>
    withStore(server.url, { ...PATIENT, reconnectTimeoutMs: 0 }, async ({ store, until }) => {
      const held = await takeAll();
      await assert.rejects(read(store.db), { code: 'DatabaseUnavailable', message: /too many clients/ });
      assert.match(store.condition().reason ?? '', /too many clients/);
      await Promise.all(held.map((client) => client.end()));
      await until(true);
      await read(store.db);
    }));

  it('tells of a statement that was cancelled that it was not run', () =>
    withStore(server.url, { ...PATIENT, statementTimeoutMs: 50 }, async ({ store }) => {
      await assert.rejects(sql`select pg_sleep(60), ${1}::int`.execute(store.db), {
        code: 'DatabaseUnavailable',
        message: /the database refuses: .*statement timeout/,
      });
      await read(store.db);
    }));

  it('does not wait for what will not change, as a database that is not there', async () => {
    const url = new URL('/nowhere', server.url);
    const store = await openStore({ kind: 'postgres', url: url.href, pool: PATIENT });
    await assert.rejects(read(store.db), { code: 'DatabaseUnavailable', message: /"nowhere" does not exist/ });
    await store.close();
  });

  async function untilNoneIdles(store: Store): Promise<void> {
    while (store.connections()?.idle !== 0) await nextTurn();
  }

  /** Every connection that the server still gives. */
  async function takeAll(): Promise<Client[]> {
    const held: Client[] = [];
    for (;;) {
      const client = new Client({ connectionString: server.url });
      try {
        await client.connect();
        held.push(client);
      } catch {
        return held;
      }
    }
  }
});
