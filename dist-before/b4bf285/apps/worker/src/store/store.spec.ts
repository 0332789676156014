import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { openMemoryStore } from '../testing/memory-store.js';
import { databaseVersion, requireSchema, syncDatabase } from './index.js';
import type { Store } from './index.js';
import { migrations } from './migrations/index.js';

describe('the store', () => {
  let store: Store;
  before(async () => {
    store = await openMemoryStore();
  });
  after(() => store.close());

  it('reads int8 as numbers and times as ISO texts with microseconds', async () => {
    const result = await sql<{ big: number; time: string }>`
      select 9007199254740991::int8 as big, '2026-11-21 20:49:56.1234+00'::timestamptz as time`.execute(store.db);
    assert.deepEqual(result.rows, [{ big: 9_007_199_254_740_991, time: '2026-11-21T20:49:56.123400Z' }]);
  });

  it('has a schema that a second sync leaves alone', async () => {
    assert.deepEqual(await syncDatabase(store), []);
    const version = await databaseVersion(store);
    assert.equal(version.current, version.expected);
    assert.deepEqual(version.pending, []);
    await requireSchema(store);
  });

  it('runs on the schema of the next release', async () => {
    const next = [...migrations, { name: '9999-next', up: async () => undefined }];
    assert.deepEqual(await syncDatabase(store, next), ['9999-next']);
    assert.deepEqual((await databaseVersion(store)).unknown, ['9999-next']);
    assert.deepEqual(await syncDatabase(store), []);
    await requireSchema(store);
    await sql`delete from schema_migrations where name = '9999-next'`.execute(store.db);
  });

  it('rolls back what throws and keeps transactions apart', async () => {
    const failing = store.transaction(async (tx) => {
      await tx.insertInto('flavor_projects').values({ flavor_id: '1', project_id: 'p' }).execute();
      throw new Error('no');
    });
    const counting = store.db.selectFrom('flavor_projects').selectAll().execute();
    await assert.rejects(failing, /no/);
    assert.deepEqual(await counting, []);
  });

  it('runs a transaction again after a serialization failure', async () => {
    let runs = 0;
    const result = await store.transaction(async () => {
      runs += 1;
      if (runs < 3) throw Object.assign(new Error('could not serialize'), { code: '40001' });
      return runs;
    });
    assert.equal(result, 3);
  });

  it('counts affected rows', async () => {
    const updated = await store.db.updateTable('flavors').set({ disabled: false }).executeTakeFirst();
    assert.equal(updated.numUpdatedRows, 5n);
  });
});
