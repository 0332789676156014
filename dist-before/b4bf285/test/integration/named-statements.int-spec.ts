import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { startDatabase } from '#testing/database';
import type { TestDatabase } from '#testing/database';
import { openStore } from '../../apps/worker/src/store/index.js';
import type { Queries, Store } from '../../apps/worker/src/store/index.js';

describe('named statements on PostgreSQL', () => {
  let database: TestDatabase;
  let store: Store;

  before(async () => {
    database = await startDatabase();
    // One connection, so that it is known which one has prepared what.
    store = await openStore({ kind: 'postgres', url: database.url, pool: { maxConnections: 1 } });
    await sql`create table things (id integer primary key)`.execute(store.db);
    await sql`insert into things values (1)`.execute(store.db);
  });
  after(async () => {
    await store.close();
    await database.stop();
  });

  const read = async (db: Queries): Promise<unknown> =>
    (await sql`select * from things where id = ${1}`.execute(db)).rows[0];

  it('are prepared once a connection', async () => {
    for (let time = 0; time < 3; time += 1) assert.deepEqual(await read(store.db), { id: 1 });
    const prepared = await sql<{ count: number }>`
      select count(*) as count from pg_prepared_statements where statement like 'select * from things%'`.execute(
      store.db,
    );
    assert.equal(prepared.rows[0]?.count, 1);
  });

  it('see the columns that a migration adds under a running worker, in a transaction too', async () => {
    await sql`alter table things add column colour text default 'red'`.execute(store.db);
    assert.deepEqual(await store.transaction((tx) => read(tx)), { id: 1, colour: 'red' });
    await sql`alter table things add column size integer default 7`.execute(store.db);
    assert.deepEqual(await read(store.db), { id: 1, colour: 'red', size: 7 });
  });
});
