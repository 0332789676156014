import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { startDatabase } from '#testing/database';
import type { TestDatabase } from '#testing/database';
import { databaseVersion, openStore, syncDatabase, violatedUnique } from '../../apps/worker/src/store/index.js';
import type { Store } from '../../apps/worker/src/store/index.js';

describe('the store on PostgreSQL', () => {
  let database: TestDatabase;
  const stores: Store[] = [];
  const open = async (): Promise<Store> => {
    const store = await openStore({ kind: 'postgres', url: database.url });
    stores.push(store);
    return store;
  };

  before(async () => {
    database = await startDatabase();
  });
  after(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await database.stop();
  });

  it('is migrated once by several processes at once', async () => {
    const all = await Promise.all([open(), open(), open()]);
    const ran = await Promise.all(all.map((store) => syncDatabase(store)));
    assert.equal(ran.filter((names) => names.length > 0).length, 1);
    assert.deepEqual((await databaseVersion(all[0])).pending, []);
  });

  it('reads int8 and timestamptz as the embedded database does', async () => {
    const store = await open();
    const result = await sql<{ big: number; time: string }>`
      select 9007199254740991::int8 as big, '2026-11-21 20:49:56.1234+00'::timestamptz as time`.execute(store.db);
    assert.deepEqual(result.rows, [{ big: 9_007_199_254_740_991, time: '2026-11-21T20:49:56.123400Z' }]);
  });

  it('tells which constraint a value broke', async () => {
    const store = await open();
    const insert = store.db
      .insertInto('flavors')
      .values({ id: '1', name: 'other', vcpus: 1, ram: 1, disk: 1, description: null })
      .execute();
    await assert.rejects(insert, (error) => violatedUnique(error) === 'flavors_pkey');
  });

  it('solves a deadlock by running one of the two again', async () => {
    const store = await open();
    const runs = { a: 0, b: 0 };
    let met: () => void = () => undefined;
    const both = new Promise<void>((resolve) => {
      met = resolve;
    });
    const touch = (who: 'a' | 'b', first: string, second: string): Promise<void> =>
      store.transaction(async (tx) => {
        runs[who] += 1;
        await tx.updateTable('flavors').set({ disabled: false }).where('id', '=', first).execute();
        if (runs.a > 0 && runs.b > 0) met();
        await both;
        await tx.updateTable('flavors').set({ disabled: false }).where('id', '=', second).execute();
      });
    await Promise.all([touch('a', '1', '2'), touch('b', '2', '1')]);
    assert.equal(runs.a + runs.b, 3);
  });
});
