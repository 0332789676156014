import { ApiListenOptions, DatabaseOptions, MessagingOptions, ServiceOptions, StartError } from '#libs/config';
import type { Configuration } from '#libs/config';
import { defaultWorkerCount, machineLimits } from '#libs/launcher';
import type { ServiceDescription } from '#libs/launcher';

/**
 * Describes the worker to the launcher: `rpc_workers` processes, each with all topics of `enabled_topics`. Unset: what
 * this machine has room for, of which `onCount` is told, or one on the embedded database. Loads nothing of Nest.
 */
export function describeWorker(
  config: Configuration,
  onCount: (message: string) => void = () => undefined,
): ServiceDescription {
  const workers = config.get(ApiListenOptions).rpcWorkers ?? defaultWorkers(config, onCount);
  return { name: 'worker', workers, module: new URL('./service.js', import.meta.url).href, half: 'rpc' };
}

function defaultWorkers(config: Configuration, onCount: (message: string) => void): number {
  if (hasEmbeddedDatabase(config)) return 1;
  const { workers, reason } = defaultWorkerCount(machineLimits());
  onCount(`rpc_workers is not set, starting ${reason}`);
  return workers;
}

const hasEmbeddedDatabase = (config: Configuration): boolean => config.get(DatabaseOptions).connection === undefined;

/** What a worker of its own needs beyond the options' own checks. Throws StartError, which tells the operator. */
export function checkWorker(config: Configuration): void {
  const { transportUrl } = config.get(MessagingOptions);
  if (transportUrl === undefined || transportUrl.startsWith('memory:')) {
    throw new StartError(
      'transport_url: a worker is reached over rabbit://user:password@host:5672/vhost; ' +
        'memory:// works in albireo-server only, which holds both halves',
    );
  }
  const { rpcWorkers } = config.get(ApiListenOptions);
  if (rpcWorkers === 0) {
    throw new StartError('rpc_workers: expected at least 1, found 0, which means something in albireo-server only');
  }
  if (hasEmbeddedDatabase(config) && rpcWorkers !== undefined && rpcWorkers > 1) {
    throw new StartError(
      `rpc_workers = ${rpcWorkers}: the embedded database works in one process only; for more set [database] ` +
        'connection = postgresql://user:password@host/name',
    );
  }
  if (config.get(ServiceOptions).enabledTopics.length === 0) {
    throw new StartError('enabled_topics: expected at least one topic, found none');
  }
}
