import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseServer, query } from '#testing/database-server';
import { Relay } from '#testing/relay';
import type { Site } from './site.js';

/** From the end of the primary until somebody promotes the standby. */
const NOTICED_MS = 2_000;
/** How long the one address leads to the old primary, which has come back as a server that only reads. */
const WRONG_MS = 5_000;
const now = (): number => performance.now();

/**
 * A primary and a synchronous standby, reached by both names in the URL or by one address that moves: the primary is
 * killed or falls silent and the standby is promoted; the old primary comes back and only reads.
 */
export async function standbySite(reachedBy: 'hosts' | 'address'): Promise<Site> {
  const first = await DatabaseServer.create();
  await first.start();
  const second = await DatabaseServer.standbyOf(first);
  const [toFirst, toSecond, moving] = await Promise.all([first, second, first].map(({ port }) => Relay.to(port)));
  if (toFirst === undefined || toSecond === undefined || moving === undefined) throw new TypeError('three relays');
  const path = `postgresql://albireo@127.0.0.1`;
  const url =
    reachedBy === 'hosts'
      ? `${path}:${toFirst.port},127.0.0.1:${toSecond.port}/albireo?target_session_attrs=read-write`
      : `${path}:${moving.port}/albireo`;
  return {
    name: reachedBy === 'hosts' ? 'standby, both hosts in the URL' : 'standby, one address',
    env: { OS_DATABASE__CONNECTION: url },
    truthUrl: () => second.url,
    troubles: [
      {
        name: `failover to the standby by ${reachedBy}, the primary falls silent`,
        bounds: { recoverMs: 12_000, unready: false },
        run: async () => {
          const goneAt = now();
          toFirst.silence();
          moving.silence();
          await first.kill9();
          await sleep(NOTICED_MS);
          await query(second.url, 'select pg_promote()');
          moving.target = second.port;
          moving.heal();
          return { goneAt, backAt: now() };
        },
      },
      {
        name: `the old primary is back and only reads, by ${reachedBy}`,
        bounds: { recoverMs: 12_000, unready: reachedBy === 'address' },
        run: async () => {
          const goneAt = now();
          await appendFile(join(first.data, 'standby.signal'), '');
          await first.start();
          toFirst.heal();
          moving.target = first.port;
          moving.cut();
          toSecond.cut();
          await sleep(reachedBy === 'address' ? WRONG_MS : 0);
          moving.target = second.port;
          return { goneAt, backAt: now() };
        },
      },
    ],
    stop: async () => {
      await Promise.all([toFirst, toSecond, moving].map((relay) => relay.close()));
      await Promise.all([first.remove(), second.remove()]);
    },
  };
}
