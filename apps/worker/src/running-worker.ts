import { prepareFaults } from './fault-injection/prepare-faults.js';
import { WorkerService } from './worker-service.js';
import type { WorkerServiceOptions } from './worker-service.js';

let running: WorkerService | undefined;

/** Makes the worker of this process and remembers it for what runs beside it. */
export function createWorker(options: WorkerServiceOptions): WorkerService {
  prepareFaults(options.config);
  running = new WorkerService(options);
  return running;
}

/** The worker of this process; throws where there is none. */
export function runningWorker(): WorkerService {
  if (running === undefined) throw new Error('no worker runs in this process');
  return running;
}
