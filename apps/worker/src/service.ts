import type { Service, WorkerContext } from '#libs/launcher';
import { prepareFaults } from './fault-injection/prepare-faults.js';
import { announceWorker } from './running-worker.js';
import { WorkerService } from './worker-service.js';

/** The worker part of the product in a process that the launcher forked. */
export function createService(context: WorkerContext): Service {
  const { config, program } = context;
  prepareFaults(config);
  const worker = new WorkerService({
    config,
    program,
    onHealthChange: (health) => context.reportHealth(health),
    onHopeless: (error) => context.giveUp(error),
  });
  announceWorker(worker);
  return worker;
}
