import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { openStore } from '../open-store.js';
import type { Store } from '../store.js';
import { syncDatabase } from '../migrations/sync-database.js';
import { forgetDroppedTables, tendEmbedded } from './tend-embedded.js';

const ROWS = 4_000;

describe('tendEmbedded', () => {
  const directory = mkdtempSync(join(tmpdir(), 'albireo-tend-'));
  let store: Store;
  before(async () => {
    store = await openStore({ kind: 'directory', directory });
    await syncDatabase(store);
  });
  after(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  /** The load of casts on the outbox and the ledger: rows are inserted, changed and deleted. */
  const write = async (round: number): Promise<void> => {
    await sql`
      insert into outbox (unique_id, message)
      select ${round} || '-' || n, jsonb_build_object('x', md5(n::text)) from generate_series(1, ${ROWS}) n`.execute(
      store.db,
    );
    await sql`update outbox set attempts = attempts + 1`.execute(store.db);
    await sql`delete from outbox`.execute(store.db);
    // A backend publishes its statistics at most once a second, unless it is forced to.
    await sql`select pg_stat_force_next_flush()`.execute(store.db);
  };
  const size = async (): Promise<number> => {
    const { rows } = await sql<{ size: number }>`select pg_total_relation_size('outbox') as size`.execute(store.db);
    return rows[0]?.size ?? 0;
  };
  const logBytes = (): number => {
    const folder = join(directory, 'data', 'pg_wal');
    const segments = readdirSync(folder).filter((name) => /^[0-9A-F]{24}$/.test(name));
    return segments.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  };

  it('leaves alone what is as it should be', async () => {
    await tendEmbedded(store.db);
    assert.deepEqual(await tendEmbedded(store.db), { tables: [], checkpoint: false });
  });

  it('keeps tables and the log of many writes as small as those of few', async () => {
    const sizes: number[] = [];
    const logs: number[] = [];
    const tables = new Set<string>();
    for (let round = 0; round < 8; round += 1) {
      await write(round);
      sizes.push(await size());
      for (const table of (await tendEmbedded(store.db)).tables) tables.add(table);
      logs.push(logBytes());
    }
    assert.ok(tables.has('outbox'), [...tables].join());
    const [first = 0] = sizes;
    assert.ok(
      sizes.every((bytes) => bytes <= first * 1.5),
      `the outbox grew: ${sizes.join(', ')}`,
    );
    // 8 rounds wrote some 12 MB each.
    assert.ok(Math.max(...logs) <= 16 * 1024 * 1024, `the log grew: ${logs.join(', ')} bytes`);
  });

  it('makes the database forget what it remembers of tables that are no more', async () => {
    const remembered = async (): Promise<number> => {
      const { rows } = await sql<{ bytes: number }>`
        select used_bytes::integer as bytes from pg_backend_memory_contexts where name = 'CacheMemoryContext'`.execute(
        store.db,
      );
      return rows[0]?.bytes ?? 0;
    };
    const columns = Array.from({ length: 100 }, (_, at) => `c${at} text`).join(', ');
    await forgetDroppedTables(store.db);
    const before = await remembered();
    for (let round = 0; round < 30; round += 1) {
      await sql.raw(`create table passing (${columns})`).execute(store.db);
      await sql`select * from passing`.execute(store.db);
      await sql`drop table passing`.execute(store.db);
    }
    const grown = (await remembered()) - before;
    assert.ok(grown > 250_000, `the statistics of 3,000 columns were to be remembered: ${grown} bytes`);
    await forgetDroppedTables(store.db);
    const left = (await remembered()) - before;
    assert.ok(left < grown / 4, `of ${grown} bytes ${left} are left`);
  });
});
