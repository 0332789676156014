import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { openStore } from '../open-store.js';
import { beginEmbedded } from './begin-embedded.js';

describe('the thread of the embedded database', () => {
  it('is the one that was begun, once', async () => {
    beginEmbedded(null);
    const [first, second] = [await openStore({ kind: 'memory' }), await openStore({ kind: 'memory' })];
    try {
      await sql`create table mine (id integer)`.execute(first.db);
      await assert.rejects(sql`select * from mine`.execute(second.db), /does not exist/);
    } finally {
      await Promise.all([first.close(), second.close()]);
    }
  });

  it('tells who waits for it why it cannot be opened', async () => {
    const store = openStore({ kind: 'directory', directory: '/proc/self/nowhere' });
    await assert.rejects(store, /nowhere/);
  });

  it('lets other work of the process go on while a statement runs', async () => {
    const store = await openStore({ kind: 'memory' });
    try {
      let turns = 0;
      const timer = setInterval(() => (turns += 1), 1);
      await sql`select count(*) from generate_series(1, 2000000)`.execute(store.db);
      clearInterval(timer);
      assert.ok(turns > 0, 'nothing else ran');
    } finally {
      await store.close();
    }
  });
});
