import { readFileSync } from 'node:fs';
import { ControlOptions, IdentityOptions, ServiceOptions } from '#libs/options';
import { LauncherError } from '#libs/launcher';
import type { Service, WorkerContext } from '#libs/launcher';
import { workerClock } from '../../../worker/src/clock/worker-clock.js';
import { runningWorker } from '../../../worker/src/running-worker.js';
import { workerSnapshots } from '../../../worker/src/snapshots/worker-snapshots.js';
import { clockRoutes } from './clock-routes.js';
import { createControlServer } from './control-server.js';
import type { ControlRoute } from './control-server.js';
import { eventRoutes, parkedRoutes } from './message-routes.js';
import { faultRoutes } from './fault-routes.js';
import { seedRoutes } from './seed-routes.js';
import { applySeed, devstackSeed } from '../seed/apply-seed.js';
import { readSeed } from '../seed/seed-document.js';
import { SEED_SNAPSHOT, snapshotRoutes } from './snapshot-routes.js';
import { runningApi } from '../../../gateway/src/running-apis.js';

const KEPT_MS = 10_000;
const MOST_KEPT = 100;

/** Asks the cloud's own Identity API whether a token belongs to an administrator. */
class Administrators {
  readonly #known = new Map<string, number>();

  async has(token: string): Promise<boolean> {
    const now = performance.now();
    if ((this.#known.get(token) ?? 0) > now) return true;
    const identity = runningApi('identity');
    if (identity === undefined || token === '') return false;
    const { statusCode, body } = await identity.fastify.inject({
      method: 'GET',
      url: '/v3/auth/tokens?nocatalog',
      headers: { host: 'localhost', 'x-auth-token': token, 'x-subject-token': token },
    });
    if (statusCode !== 200) return false;
    const { token: found } = JSON.parse(body) as { token: { roles?: readonly { name: string }[]; domain?: object } };
    // An administrator of a domain is not an administrator of the cloud.
    if (found.domain !== undefined || found.roles?.some(({ name }) => name === 'admin') !== true) return false;
    if (this.#known.size >= MOST_KEPT) this.#known.clear();
    this.#known.set(token, now + KEPT_MS);
    return true;
  }
}

/** The control port in the process of the worker and the APIs, which are started before it. */
export function createService(context: WorkerContext): Service {
  const { token } = context.config.get(ControlOptions);
  if (token === undefined) throw new LauncherError('NOT_A_SERVICE', 'the control port was started without a token');
  const { seed } = context.config.get(ControlOptions);
  // Faults that every worker would find are found before any of it starts.
  const text = seed === undefined ? undefined : readSeedFile(seed, context.config.get(IdentityOptions));
  return {
    async start() {
      const { config } = context;
      const { shared } = runningWorker();
      const snapshots = workerSnapshots(shared);
      // With a persistent database it is the snapshot of the first start.
      if (!(await snapshots.has(SEED_SNAPSHOT))) {
        if (text !== undefined) await applySeed(text, seed ?? '', { config, snapshots });
        await snapshots.create(SEED_SNAPSHOT);
      }
      const administrators = new Administrators();
      const routes = [
        statusRoute(context),
        ...snapshotRoutes(snapshots),
        ...clockRoutes(workerClock(shared)),
        ...faultRoutes(),
        ...seedRoutes(config, snapshots),
        ...parkedRoutes(shared.transport, config.get(ServiceOptions).enabledTopics),
        ...(shared.events === undefined ? [] : eventRoutes(shared.events)),
      ];
      context.attachServer(createControlServer(routes, token, (given) => administrators.has(given)));
    },
    async stop() {
      // The launcher has closed the connections.
    },
  };
}

/** Checks the form of a seed. Throws DocumentError with all its faults, each with its line. */
function readSeedFile(file: string, names: Parameters<typeof devstackSeed>[0]): string {
  const text = file === 'devstack' ? devstackSeed(names) : readFileSync(file, 'utf8');
  readSeed(text, file);
  return text;
}

function statusRoute({ config }: WorkerContext): ControlRoute {
  return {
    method: 'GET',
    pattern: '/status',
    run: async () => ({ version: config.version, process: process.ppid, worker: runningWorker().health() }),
  };
}
