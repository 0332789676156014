import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { openStore, runsEmbedded } from '../store/index.js';
import type { Store } from '../store/index.js';
import { readRows } from './read-rows.js';

describe('rows of the embedded database', () => {
  let store: Store;
  before(async () => {
    store = await openStore({ kind: 'memory' });
  });
  after(() => store.close());

  it('are the same as documents and as values, in their order', async () => {
    const from = sql`(values
      (2, 'b', '2026-11-21 20:49:56.12+00'::timestamptz, array['x', 'ä"'], '{"a": [1, null]}'::jsonb, true),
      (3, null, null, '{}', null, false),
      (1, 'a', '2026-11-21 20:49:56+00', null, '"text"', null)) as t (number, name, time, list, json, flag)`;
    const select = sql`number, 9007199254740991::int8 as big, name, time, list, json, flag`;
    const clauses = sql`order by number desc`;
    const values = await readRows<{ number: number }>(store.db, { from, select }, clauses);
    const documents = await store.transaction(async (tx) => {
      assert.ok(runsEmbedded(tx));
      return readRows<{ number: number }>(tx, { from, select, times: ['time'] }, clauses);
    });
    assert.deepEqual(
      values.map(({ number }) => number),
      [3, 2, 1],
    );
    assert.deepEqual(
      documents,
      values.map((row) => ({ ...row })),
    );
  });
});
