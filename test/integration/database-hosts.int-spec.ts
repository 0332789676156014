// A PostgreSQL with a standby: by several hosts in the URL, and behind one address.
import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { DatabaseServer, query } from '#testing/database-server';
import { Relay } from '#testing/relay';
import { withStore } from '#testing/watched-store';
import type { PoolSettings, Queries } from '../../apps/worker/src/store/index.js';

const PATIENT: Partial<PoolSettings> = { reconnectTimeoutMs: 120_000, connectTimeoutMs: 60_000 };

describe('a store on a PostgreSQL with a standby', () => {
  let first: DatabaseServer;
  let second: DatabaseServer;
  let relay: Relay;

  const write = (db: Queries, text: string): Promise<unknown> => sql`insert into notes values (${text})`.execute(db);
  const host = async (db: Queries): Promise<number | undefined> =>
    (await sql<{ port: number }>`select current_setting('port')::int as port`.execute(db)).rows[0]?.port;
  const both = (attributes: string): string =>
    `postgresql://albireo@127.0.0.1:${second.port},127.0.0.1:${first.port}/albireo${attributes}`;
  const relayed = (attributes: string): string => `postgresql://albireo@127.0.0.1:${relay.port}/albireo${attributes}`;

  before(async () => {
    first = await DatabaseServer.create();
    await first.start();
    await query(first.url, 'create table notes (text text)');
    second = await DatabaseServer.standbyOf(first);
    relay = await Relay.to(first.port);
  });
  after(async () => {
    await relay?.close();
    await Promise.all([first?.remove(), second?.remove()]);
  });

  it('finds the one among several hosts that takes changes', async () => {
    for (const attributes of ['', '?target_session_attrs=read-write', '?target_session_attrs=primary']) {
      await withStore(both(attributes), PATIENT, async ({ store }) => {
        assert.equal(await host(store.db), first.port, attributes);
      });
    }
  });

  it('takes any where the URL says so', () =>
    withStore(both('?target_session_attrs=any'), PATIENT, async ({ store }) => {
      assert.equal(await host(store.db), second.port);
    }));

  it('says of each host why it does not serve', () =>
    withStore(
      `postgresql://albireo@127.0.0.1:${second.port},127.0.0.1:1/albireo`,
      { reconnectTimeoutMs: 0 },
      async ({ store }) => {
        const text = new RegExp(`127.0.0.1:${second.port} is a standby, connect ECONNREFUSED 127.0.0.1:1$`);
        await assert.rejects(host(store.db), { code: 'DatabaseUnavailable', message: text });
      },
    ));

  it('goes to the promoted standby when the primary is killed, by several hosts in the URL', () =>
    withStore(both(''), PATIENT, async ({ store, until }) => {
      await write(store.db, 'before');
      await first.kill9();
      const waiting = store.transaction((tx) => write(tx, 'by hosts'));
      await until(false);
      await query(second.url, 'select pg_promote()');
      await waiting;
      assert.equal(await host(store.db), second.port);
    }));

  it('leaves an old primary that comes back as a server that only reads, behind one address', async () => {
    await appendFile(join(first.data, 'standby.signal'), '');
    await first.start();
    await withStore(relayed('?target_session_attrs=any'), PATIENT, async ({ store }) => {
      assert.equal(await host(store.db), first.port);
      relay.target = second.port;
      await write(store.db, 'by address');
      await store.transaction((tx) => write(tx, 'by address, in a transaction'));
      assert.equal(await host(store.db), second.port);
      const { rows } = await sql<{ text: string }>`select text from notes order by text`.execute(store.db);
      const texts = ['before', 'by address', 'by address, in a transaction', 'by hosts'];
      assert.deepEqual(
        rows,
        texts.map((text) => ({ text })),
      );
    });
    relay.target = first.port;
    await withStore(relayed(''), PATIENT, async ({ store, until }) => {
      // What would read from it would read what is outdated.
      const waiting = host(store.db);
      await until(false);
      assert.match(store.condition().reason ?? '', /:\d+ is a standby$/);
      relay.target = second.port;
      assert.equal(await waiting, second.port);
    });
  });
});
