import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { startDatabase } from '#testing/database';
import type { TestDatabase } from '#testing/database';
import { openStore, sqlState } from '../../apps/worker/src/store/index.js';
import type { Store } from '../../apps/worker/src/store/index.js';

/** Node prints each once, whichever store was its cause. */
const warnings: string[] = [];
process.on('warning', ({ message }) => void warnings.push(message));

for (const kind of ['postgres', 'directory', 'memory'] as const) {
  describe(`statements that are sent together, ${kind}`, () => {
    let database: TestDatabase | null = null;
    let folder: string;
    let store: Store;

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'albireo-together-'));
      if (kind === 'postgres') database = await startDatabase();
      if (database !== null) store = await openStore({ kind: 'postgres', url: database.url });
      else if (kind === 'memory') store = await openStore({ kind });
      else store = await openStore({ kind: 'directory', directory: join(folder, 'database') });
      await sql`create table numbers (n integer primary key)`.execute(store.db);
    });
    after(async () => {
      await store.close();
      await database?.stop();
      await rm(folder, { recursive: true });
    });

    const count = async (): Promise<number> =>
      (await sql<{ n: number }>`select count(*)::int as n from numbers`.execute(store.db)).rows[0]?.n ?? -1;

    it('run in their order, also as the first of a transaction: each sees what those before it changed', async () => {
      const seen = await store.transaction(async (tx) => {
        const [made, read] = await Promise.all([
          sql`insert into numbers values (1), (2)`.execute(tx),
          sql<{ n: number }>`select sum(n)::int as n from numbers`.execute(tx),
        ]);
        return [made.numAffectedRows, read.rows];
      });
      assert.deepEqual(seen, [2n, [{ n: 3 }]]);
      assert.equal(await count(), 2);
    });

    it('fail with the error of the one that failed, and leave nothing', async () => {
      const failing = store.transaction((tx) =>
        Promise.all([3, 3, 4].map((n) => sql`insert into numbers values (${n})`.execute(tx))),
      );
      await assert.rejects(failing, (error) => sqlState(error) === '23505');
      assert.equal(await count(), 2);
    });

    it('undo a transaction whose last statements the server refuses, although the commit goes out with them', async () => {
      const failing = store.transaction(async (tx) => {
        store.atEnd(tx, async () => void (await sql`insert into numbers values (5)`.execute(tx)));
        store.atEnd(tx, async () => {
          await sql`with gone as (delete from numbers where n = 77 returning 1) select 1 / count(*) from gone`.execute(
            tx,
          );
        });
        await sql`insert into numbers values (6)`.execute(tx);
      });
      await assert.rejects(failing, /division by zero/);
      assert.equal(await count(), 2);
    });

    it('are refused once the transaction is over', async () => {
      let late: Promise<unknown> = Promise.resolve();
      let begin = (): void => undefined;
      await store.transaction(async (tx) => {
        late = new Promise<void>((resolve) => (begin = resolve)).then(() => sql`select 1`.execute(tx));
      });
      begin();
      await assert.rejects(late, /the transaction is over/);
    });

    it('make Node print no warning', () => assert.deepEqual(warnings, []));
  });
}
