import type { WorkerService } from './worker-service.js';

let running: WorkerService | undefined;

/** Remembers the worker of this process for what runs beside it. */
export function announceWorker(worker: WorkerService): void {
  running = worker;
}

/** The worker of this process; throws where there is none. */
export function runningWorker(): WorkerService {
  if (running === undefined) throw new Error('no worker runs in this process');
  return running;
}
