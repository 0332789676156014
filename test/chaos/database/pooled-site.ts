import { DatabaseServer } from '#testing/database-server';
import { Pooler } from '#testing/pooler';
import { during } from './during.js';
import type { Site } from './site.js';

/** PostgreSQL behind PgBouncer in transaction mode. */
export async function pooledSite(): Promise<Site> {
  const server = await DatabaseServer.create();
  await server.start();
  // As docs/state.md tells operators.
  const settings = { default_pool_size: '6', server_login_retry: '1' };
  const options = { target: server.port, poolMode: 'transaction', settings } as const;
  let pooler = await Pooler.start(options);
  const { port } = pooler;
  return {
    name: 'PgBouncer in transaction mode',
    env: { OS_DATABASE__CONNECTION: pooler.url, OS_DATABASE__PREPARED_STATEMENTS: 'false' },
    truthUrl: () => server.url,
    troubles: [
      {
        name: 'PostgreSQL behind PgBouncer restarts at once',
        bounds: { recoverMs: 12_000, unready: false },
        run: () =>
          during(
            () => server.stop(),
            0,
            () => server.start(),
          ),
      },
      {
        name: 'PostgreSQL behind PgBouncer is away for 8 s',
        bounds: { recoverMs: 12_000, unready: true },
        run: () =>
          during(
            () => server.kill9(),
            8_000,
            () => server.start(),
          ),
      },
      {
        name: 'PgBouncer restarts',
        bounds: { recoverMs: 12_000, unready: false },
        run: () =>
          during(
            () => pooler.stop(),
            0,
            async () => {
              pooler = await Pooler.start({ ...options, port });
            },
          ),
      },
    ],
    stop: async () => {
      await pooler.stop();
      await server.remove();
    },
  };
}
