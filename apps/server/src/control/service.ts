import { ControlOptions } from '#libs/config';
import { LauncherError } from '#libs/launcher';
import type { Service, WorkerContext } from '#libs/launcher';
import { runningWorker } from '../../../worker/src/running-worker.js';
import { workerSnapshots } from '../../../worker/src/snapshots/worker-snapshots.js';
import { createControlServer } from './control-server.js';
import type { ControlRoute } from './control-server.js';
import { faultRoutes } from './fault-routes.js';
import { SEED_SNAPSHOT, snapshotRoutes } from './snapshot-routes.js';

/** The control port beside the worker and the APIs of the same process, which are started before it. */
export function createService(context: WorkerContext): Service {
  const { token } = context.config.get(ControlOptions);
  if (token === undefined) throw new LauncherError('NOT_A_SERVICE', 'the control port was started without a token');
  return {
    async start() {
      const snapshots = workerSnapshots(runningWorker().shared);
      // With a kept database it is that of the first start.
      if (!(await snapshots.has(SEED_SNAPSHOT))) await snapshots.create(SEED_SNAPSHOT);
      const routes = [statusRoute(context), ...snapshotRoutes(snapshots), ...faultRoutes()];
      context.attachServer(createControlServer(routes, token));
    },
    async stop() {
      // The launcher has closed the connections.
    },
  };
}

function statusRoute({ config }: WorkerContext): ControlRoute {
  return {
    method: 'GET',
    pattern: '/status',
    run: async () => ({ version: config.version, process: process.ppid, worker: runningWorker().health() }),
  };
}
