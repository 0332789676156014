import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { openStore } from '../store/index.js';
import type { Store } from '../store/index.js';
import { changeFilters, changedSinceFilter } from './filters.js';

describe('changes-since and changes-before', () => {
  let store: Store;
  before(async () => {
    store = await openStore({ kind: 'memory' });
    await sql`create table things (name text, updated_at timestamptz)`.execute(store.db);
    await sql`insert into things values ('one', '2026-11-21 20:49:56.12+00'), ('two', '2026-11-21 20:49:57+00')`.execute(
      store.db,
    );
  });
  after(() => store.close());

  const { changes_since: since, changes_before: before_ } = changeFilters('updated_at');
  const found = async (condition: ReturnType<typeof since>): Promise<string[]> => {
    const { rows } = await sql<{ name: string }>`select name from things where ${condition} order by name`.execute(
      store.db,
    );
    return rows.map(({ name }) => name);
  };

  it('find what was changed within the second that answers show', async () => {
    assert.deepEqual(await found(before_(['2026-11-21T20:49:56Z'])), ['one']);
    assert.deepEqual(await found(since(['2026-11-21T20:49:56Z'])), ['one', 'two']);
    assert.deepEqual(await found(before_(['2026-11-21T20:49:55.9Z'])), []);
    assert.deepEqual(await found(since(['2026-11-21T22:49:57+02:00'])), ['two']);
  });

  it("of neutron takes what oslo's parse_isotime takes", async () => {
    const changed = changedSinceFilter('updated_at');
    const all = ['2026', '2026-11', '20261121', '2026-11-21 20:49:56', '2026-11-21T20:49:56.12Z', '20261121T224956+02'];
    for (const text of all) assert.deepEqual(await found(changed([text, 'x'])), ['one', 'two'], text);
    assert.deepEqual(await found(changed(['2026-11-21T19:49:57-0100'])), ['two']);
    assert.deepEqual(await found(changed(['2026-11-21T20:49:58Z'])), []);
    for (const text of ['123', 'True', '', '0000-00-00T00-00-00Z', '2026-13', '2026-02-31T00:00']) {
      assert.throws(() => changed([text]), {
        code: 'InvalidInput',
        message: /changed_since must be in the following format: YYYY-MM-DDTHH:MM:SSZ/,
      });
    }
  });

  it('refuse what is no time', () => {
    assert.throws(() => before_(['yesterday']), /changes_before/);
  });
});
