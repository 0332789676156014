import type { Service, WorkerContext } from '#libs/launcher';
import { WorkerService } from './worker-service.js';

/** The worker's half of the product in a process that the launcher forked. */
export function createService(context: WorkerContext): Service {
  const { config, program } = context;
  return new WorkerService({
    config,
    program,
    onHealthChange: (health) => context.reportHealth(health),
    onHopeless: (error) => context.giveUp(error),
  });
}
