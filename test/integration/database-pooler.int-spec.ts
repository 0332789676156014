// PgBouncer in transaction mode: what is said to one server connection, the next transaction may find on another.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { setupLogging } from '#libs/telemetry';
import { DatabaseServer, query } from '#testing/database-server';
import { Pooler } from '#testing/pooler';
import { withStore } from '#testing/watched-store';
import type { Queries } from '../../apps/worker/src/store/index.js';

describe('a store behind PgBouncer in transaction mode', () => {
  let server: DatabaseServer;
  let pooler: Pooler;

  const insert = (db: Queries, id: number): Promise<unknown> => sql`insert into things values (${id})`.execute(db);
  const show = async (db: Queries, id: number): Promise<unknown> =>
    (await sql`select id from things where id = ${id}`.execute(db)).rows[0];

  before(async () => {
    server = await DatabaseServer.create();
    await server.start();
    await query(server.url, 'create table things (id integer primary key)');
    await query(server.url, "alter database albireo set timezone to 'Asia/Tokyo'");
    const settings = { default_pool_size: '3' };
    pooler = await Pooler.start({ target: server.port, poolMode: 'transaction', settings });
  });
  after(async () => {
    await pooler?.stop();
    await server?.remove();
  });

  /** Ten who come again and again share three connections: nobody keeps one for two transactions. */
  async function shareConnections(db: Queries, change: (id: number) => Promise<unknown>, from: number): Promise<void> {
    const one = async (id: number): Promise<void> => {
      await change(id);
      for (let time = 0; time < 5; time += 1) assert.deepEqual(await show(db, id), { id });
    };
    await Promise.all(Array.from({ length: 10 }, (_, index) => one(from + index)));
  }

  it('works without named statements', () =>
    withStore(pooler.url, { preparedStatements: false, maxConnections: 10 }, async ({ store }) => {
      await shareConnections(store.db, (id) => store.transaction((tx) => insert(tx, id)), 0);
      await shareConnections(store.db, (id) => insert(store.db, id), 100);
    }));

  it('has its time zone, and its statement_timeout in each transaction', () =>
    withStore(pooler.url, { preparedStatements: false, statementTimeoutMs: 1_000 }, async ({ store }) => {
      const { rows } = await sql<{ time: string; zone: string }>`
        select '2026-11-21 20:49:56.1234+00'::timestamptz as time, current_setting('timezone') as zone`.execute(
        store.db,
      );
      assert.deepEqual(rows, [{ time: '2026-11-21T20:49:56.123400Z', zone: 'UTC' }]);
      await assert.rejects(
        store.transaction((tx) => sql`select pg_sleep(60)`.execute(tx)),
        { code: 'DatabaseUnavailable', message: /statement timeout/ },
      );
    }));

  it('warns at its start, goes on, and says which option when named statements get lost', async () => {
    const logFile = join(server.directory, 'store.log');
    const logging = setupLogging({ logFile }, { program: 'test', version: '0' });
    await withStore(pooler.url, { preparedStatements: true, maxConnections: 10 }, async ({ store }) => {
      await shareConnections(store.db, (id) => store.transaction((tx) => insert(tx, id)), 200);
      await shareConnections(store.db, (id) => insert(store.db, id), 300);
    });
    await logging.flush();
    const lines = (await readFile(logFile, 'utf8')).split('\n');
    const advice = lines.filter((line) => line.includes('[database] prepared_statements = false'));
    assert.match(advice[0] ?? '', /WARNING .*A connection pooler stands before the database/);
    assert.match(advice[1] ?? '', /ERROR .*named statements are lost\. They are off from now on/);
    assert.equal(advice.length, 2, 'each is said once');
  });
});
