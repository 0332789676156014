import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { DatabaseUnavailable } from '../database.errors.js';
import { openStore } from '../open-store.js';
import { DiskGuard } from './disk-guard.js';

const MEBIBYTE = 1024 * 1024;

describe('an embedded database on a full disk', () => {
  it('refuses changes, and tells when that begins', async () => {
    let told = 0;
    const guard = new DiskGuard(
      '/',
      () => (told += 1),
      async () => 12 * MEBIBYTE,
    );
    await assert.rejects(guard.requireRoom(), DatabaseUnavailable);
    await assert.rejects(guard.requireRoom(), /has 12 MiB left, changes need 32$/);
    assert.equal(told, 1);
  });

  it('takes changes where there is room', async () => {
    const guard = new DiskGuard(
      '/',
      () => assert.fail('nothing has changed'),
      async () => 32 * MEBIBYTE,
    );
    await guard.requireRoom();
    assert.equal(guard.reason, null);
  });

  it('looks at the disk that it is on, and lets reads through', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'albireo-guard-'));
    const looked: string[] = [];
    const freeBytesOf = async (folder: string): Promise<number> => {
      looked.push(folder);
      return 0;
    };
    const store = await openStore({ kind: 'directory', directory }, { freeBytesOf });
    try {
      assert.deepEqual((await sql`select 1 as one`.execute(store.db)).rows, [{ one: 1 }]);
      await assert.rejects(sql`create table t ()`.execute(store.db), { code: 'DatabaseUnavailable', why: 'refused' });
      await assert.rejects(
        store.transaction((tx) => sql`create table t ()`.execute(tx)),
        { code: 'DatabaseUnavailable' },
      );
      assert.deepEqual(store.condition(), {
        reachable: true,
        reason: 'the disk of the embedded database has 0 MiB left, changes need 32',
      });
      assert.deepEqual(looked, [directory]);
    } finally {
      await store.close();
      await rm(directory, { recursive: true, force: true });
    }
  });
});
