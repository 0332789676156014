import { ControlOptions } from '#libs/config';
import { LauncherError } from '#libs/launcher';
import type { Service, WorkerContext } from '#libs/launcher';
import { runningWorker } from '../../../worker/src/running-worker.js';
import { createControlServer } from './control-server.js';
import type { ControlRoute } from './control-server.js';

/** The control port beside the worker and the APIs of the same process, which are started before it. */
export function createService(context: WorkerContext): Service {
  const { token } = context.config.get(ControlOptions);
  if (token === undefined) throw new LauncherError('NOT_A_SERVICE', 'the control port was started without a token');
  return {
    async start() {
      context.attachServer(createControlServer(controlRoutes(context), token));
    },
    async stop() {
      // The launcher has closed the connections.
    },
  };
}

function controlRoutes({ config }: WorkerContext): ControlRoute[] {
  const status: ControlRoute = {
    method: 'GET',
    pattern: '/status',
    run: async () => ({ version: config.version, process: process.ppid, worker: runningWorker().health() }),
  };
  return [status];
}
