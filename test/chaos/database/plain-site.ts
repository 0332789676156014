import { DatabaseServer } from '#testing/database-server';
import { during } from './during.js';
import type { Site } from './site.js';

/** One server on this machine, which is restarted: for a sample that needs no rights. */
export async function plainSite(): Promise<Site> {
  const server = await DatabaseServer.create();
  await server.start();
  // Nothing is said of times: who runs it may be busy with other things.
  const bounds = { recoverMs: Infinity, unready: false };
  return {
    name: 'one server',
    env: { OS_DATABASE__CONNECTION: server.url },
    truthUrl: () => server.url,
    troubles: [
      {
        name: 'restart of 4 s',
        bounds: { ...bounds, unready: true },
        run: () =>
          during(
            () => server.stop(),
            4_000,
            () => server.start(),
          ),
      },
      {
        name: 'kill -9',
        bounds,
        run: () =>
          during(
            () => server.kill9(),
            0,
            () => server.start(),
          ),
      },
    ],
    stop: () => server.remove(),
  };
}
