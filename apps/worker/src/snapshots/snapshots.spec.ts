import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { databaseVersion } from '../store/index.js';
import { gone, memberContext, serverArgs, settled, startMemoryWorker, until } from '../testing/memory-worker.js';
import type { MemoryWorker } from '../testing/memory-worker.js';
import type { Snapshots } from './snapshots.js';
import { workerSnapshots } from './worker-snapshots.js';

describe('snapshots', { timeout: 120_000 }, () => {
  let worker: MemoryWorker;
  let snapshots: Snapshots;
  const context = memberContext();

  before(async () => {
    worker = await startMemoryWorker({
      OS_CONTROL__ENABLED: 'true',
      OS_CONTROL__TOKEN: 't'.repeat(20),
      // Longer than a restore waits, so that such a build is still running after its state is gone.
      OS_FAKE__SPAWN_DELAY: '3',
    });
    snapshots = workerSnapshots(worker.shared);
  });
  after(() => worker?.stop());

  const create = async (name: string): Promise<string> => {
    const { objects } = (await worker.conductor.call(context, 'server_create', serverArgs({ name })))[
      'albireo_object.data'
    ];
    return objects[0]?.id ?? '';
  };
  const count = async (table: string): Promise<number> => {
    const { rows } = await sql<{ n: number }>`select count(*)::integer as n from ${sql.table(table)}`.execute(
      worker.shared.store.db,
    );
    return rows[0]?.n ?? -1;
  };

  it('bring a deleted server back and take away one that was made later, with machine, room and build', async () => {
    const kept = await create('kept');
    await settled(worker.conductor, context, kept);
    await snapshots.create('one');
    await worker.conductor.call(context, 'server_delete', { id: kept });
    await gone(worker.conductor, context, kept);
    const later = await create('later');
    // Its build is running in the driver.
    const { transport } = worker.shared;
    await until(
      async () => transport.report().requests.map(({ method }) => method),
      (methods) => methods.includes('build_and_run_instance'),
    );

    await snapshots.restore('one');
    assert.equal((await settled(worker.conductor, context, kept)).vm_state, 'active');
    await gone(worker.conductor, context, later);
    // The old build ends after the restore and must leave nothing behind.
    await sleep(3_500);
    assert.equal(await count('fake_machines'), 1);
    assert.equal(await count('allocations'), 1);
    assert.equal(await count('instances'), 1);
    assert.equal(await count('outbox'), 0);
  });

  it('go on with a build that was under way when they were made', async () => {
    const id = await create('building');
    await snapshots.create('building');
    await settled(worker.conductor, context, id);
    await snapshots.restore('building');
    assert.equal((await settled(worker.conductor, context, id)).vm_state, 'active');
  });

  it('keep each value as it was: quotes, ends of lines, JSON null, what no letter is', async () => {
    const { db } = worker.shared.store;
    const odd = `a "b" \\ 'c', (d) {e}\n\tü 😀`;
    const id = await create('odd');
    await settled(worker.conductor, context, id);
    await sql`update instances set name = ${odd}, task_arguments = 'null' where id = ${id}`.execute(db);
    const written = async (): Promise<string[]> => {
      const { rows } = await sql<{ text: string }>`
        select i::text as text from instances i union all select i::text from images i
        union all select f::text from flavors f union all select u::text from users u order by text`.execute(db);
      return rows.map(({ text }) => text);
    };
    const before = await written();
    await snapshots.create('values');
    await sql`update instances set name = 'another', task_arguments = null`.execute(db);
    await snapshots.restore('values');
    assert.deepEqual(await written(), before);
    const { rows } = await sql`select name, task_arguments::text as text from instances where id = ${id}`.execute(db);
    assert.deepEqual(rows, [{ name: odd, text: 'null' }]);
    await snapshots.remove('values');
    await worker.conductor.call(context, 'server_delete', { id });
    await gone(worker.conductor, context, id);
  });

  it('never give a number of a server a second time', async () => {
    const numbers = async (): Promise<number[]> => {
      const { rows } = await sql<{ number: number }>`select number from instances`.execute(worker.shared.store.db);
      return rows.map(({ number }) => number);
    };
    await snapshots.create('numbers');
    const id = await create('first');
    await settled(worker.conductor, context, id);
    const used = Math.max(...(await numbers()));
    await snapshots.restore('numbers');
    await settled(worker.conductor, context, await create('second'));
    assert.ok(Math.max(...(await numbers())) > used);
  });

  it('say what is wrong: unknown, there already, a bad name, another version, another driver', async () => {
    await assert.rejects(snapshots.restore('nowhere'), {
      code: 'SnapshotNotFound',
      message: /there are building, numbers/,
    });
    await assert.rejects(snapshots.create('one'), { code: 'SnapshotExists' });
    for (const name of ['', '../x', 'a"b', 'x'.repeat(41), 'ü']) {
      await assert.rejects(snapshots.create(name), { code: 'SnapshotNameInvalid' }, name);
    }
    await snapshots.create('old');
    const { db } = worker.shared.store;
    await sql`comment on schema "snapshot:old" is '{"name":"old","created_at":"","version":"0001","rows":0}'`.execute(
      db,
    );
    await assert.rejects(snapshots.restore('old'), { code: 'SnapshotRefused', message: /of version 0001/ });
    await sql`drop table "snapshot:old".kept_rows`.execute(db);
    const { current } = await databaseVersion(worker.shared.store);
    const form = sql.lit(JSON.stringify({ name: 'old', created_at: '', version: current, rows: 0 }));
    await sql`comment on schema "snapshot:old" is ${form}`.execute(db);
    await assert.rejects(snapshots.restore('old'), { code: 'SnapshotRefused', message: /make it anew/ });
    await snapshots.remove('old');
    await assert.rejects(snapshots.remove('old'), { code: 'SnapshotNotFound' });
  });

  it('come back again and again without the database growing', async () => {
    const size = async (): Promise<number> => {
      const { rows } = await sql<{ n: number }>`select pg_database_size(current_database())::float8 as n`.execute(
        worker.shared.store.db,
      );
      return rows[0]?.n ?? 0;
    };
    for (let at = 0; at < 50; at += 1) await snapshots.restore('one');
    const before = await size();
    for (let at = 0; at < 100; at += 1) await snapshots.restore('one');
    assert.ok((await size()) <= before * 1.1, `${before} to ${await size()} bytes`);
  });
});
