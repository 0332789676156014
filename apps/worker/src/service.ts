import { DatabaseOptions, ServiceOptions } from '#libs/options';
import type { Configuration } from '#libs/config';
import type { Service, WorkerContext } from '#libs/launcher';
import { beginEmbedded } from './store/pglite/begin-embedded.js';
import { storeLocation } from './store/store-location.js';

/** The worker's half of the product in a process that the launcher forked. */
export async function createService(context: WorkerContext): Promise<Service> {
  const { config, program } = context;
  beginStore(config);
  const { createWorker } = await import('./running-worker.js');
  return createWorker({
    config,
    program,
    onHealthChange: (health) => context.reportHealth(health),
    onHopeless: (error) => context.giveUp(error),
  });
}

/** The embedded database takes as long to open as the worker to load: it begins before. */
function beginStore(config: Configuration): void {
  const { connection } = config.get(DatabaseOptions);
  const { statePath, ephemeral } = config.get(ServiceOptions);
  const location = storeLocation({ connection, statePath, ephemeral });
  if (location.kind !== 'postgres') beginEmbedded(location.kind === 'directory' ? location.directory : null);
}
