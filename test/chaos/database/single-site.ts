import { Client } from 'pg';
import { DatabaseServer, query } from '#testing/database-server';
import { during } from './during.js';
import { Namespace } from './namespace.js';
import { RamDisk } from './ram-disk.js';
import type { Site, Trouble } from './site.js';

const DISK_MIB = 192;
const MAX_CONNECTIONS = 30;
const now = (): number => performance.now();

/** One server on a small disk in a network namespace of its own: everything that can happen to a single database. */
export async function singleSite(): Promise<Site> {
  const namespace = await Namespace.create();
  const disk = await RamDisk.create(DISK_MIB);
  const server = await DatabaseServer.create({
    directory: disk.directory,
    host: namespace.address,
    inside: namespace.inside,
    initdb: ['--wal-segsize=1'],
    settings: {
      max_connections: String(MAX_CONNECTIONS),
      max_wal_size: '16MB',
      min_wal_size: '2MB',
      shared_buffers: '32MB',
      // What hides a full disk: files that are kept for later.
      wal_recycle: 'off',
    },
  });
  await server.start();

  const troubles: readonly Trouble[] = [
    {
      name: 'restart of 4 s',
      bounds: { longestMs: 5_000, recoverMs: 5_000, unready: true },
      run: () =>
        during(
          () => server.stop(),
          4_000,
          () => server.start(),
        ),
    },
    {
      name: 'restart at once',
      bounds: { longestMs: 5_000, recoverMs: 5_000, unready: false },
      run: () =>
        during(
          () => server.stop(),
          0,
          () => server.start(),
        ),
    },
    {
      name: 'kill -9',
      bounds: { longestMs: 5_000, recoverMs: 5_000, unready: false },
      run: () =>
        during(
          () => server.kill9(),
          0,
          () => server.start(),
        ),
    },
    {
      name: 'SIGSTOP for 20 s',
      bounds: { recoverMs: 12_000, unready: true },
      run: () =>
        during(
          () => server.freeze(),
          20_000,
          () => server.thaw(),
        ),
    },
    {
      name: 'silent for 10 s',
      bounds: { recoverMs: 12_000, unready: true },
      run: () =>
        during(
          () => namespace.silence(),
          10_000,
          () => namespace.heal(),
        ),
    },
    {
      name: 'silent for 3.8 s, then only new connections are heard',
      bounds: { recoverMs: 12_000, unready: false },
      run: () =>
        during(
          () => namespace.silence(),
          3_800,
          () => namespace.healForNew(server.port),
        ),
    },
    {
      name: 'full disk for 5 s',
      bounds: { recoverMs: 12_000, unready: false },
      run: () =>
        during(
          () => disk.fill(),
          5_000,
          async () => {
            await disk.empty();
            // One that could not write its log has ended, as a supervisor starts it again.
            if (!server.running) await server.start();
          },
        ),
    },
    {
      name: 'max_connections reached for 5 s',
      bounds: { recoverMs: 12_000, unready: true },
      run: () => exhaust(server.url),
    },
  ];
  return {
    name: 'one server',
    env: { OS_DATABASE__CONNECTION: server.url },
    truthUrl: () => server.url,
    troubles,
    stop: async () => {
      await namespace.forgetOld();
      await server.remove().catch(() => undefined);
      await disk.remove();
      await namespace.remove();
    },
  };
}

/** Takes every connection that the server gives, those of the workers too, and holds them for five seconds. */
async function exhaust(url: string): ReturnType<Trouble['run']> {
  const held: Client[] = [];
  const take = async (): Promise<boolean> => {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      held.push(client);
      return true;
    } catch {
      await client.end().catch(() => undefined);
      return false;
    }
  };
  while (await take());
  const goneAt = now();
  const kick = `select pg_terminate_backend(pid) from pg_stat_activity
    where backend_type = 'client backend' and application_name like 'albireo%'`;
  const until = now() + 5_000;
  while (now() < until) {
    await held[0]?.query(kick);
    while (await take());
  }
  await Promise.all(held.map((client) => client.end()));
  await query(url, 'select 1');
  return { goneAt, backAt: now() };
}
