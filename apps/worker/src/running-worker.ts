import type { WorkerService } from './worker-service.js';

let running: WorkerService | undefined;

/** Stores the worker of this process for code that runs beside it. */
export function announceWorker(worker: WorkerService): void {
  running = worker;
}

/** The worker of this process; throws if there is none. */
export function runningWorker(): WorkerService {
  if (running === undefined) throw new Error('no worker runs in this process');
  return running;
}
