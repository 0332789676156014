import {
  ApiListenOptions,
  ComputeOptions,
  DatabaseOptions,
  MessagingOptions,
  QemuOptions,
  ServiceOptions,
  StartError,
} from '#libs/options';
import type { Configuration } from '#libs/config';
import { defaultWorkerCount, machineLimits } from '#libs/launcher';
import type { ServiceDescription } from '#libs/launcher';
import { programFault } from './qemu/program-fault.js';

/**
 * Describes the worker to the launcher: `rpc_workers` processes, each with all topics of `enabled_topics`. If unset: as
 * many as fit on this machine beside the program's other services (`beside`: their counts), which is reported to
 * `onCount`, or one with the embedded database. Does not load Nest.
 */
export function describeWorker(
  config: Configuration,
  onCount: (message: string) => void = () => undefined,
  beside: readonly (number | undefined)[] = [],
): ServiceDescription {
  checkDriver(config);
  const workers = config.get(ApiListenOptions).rpcWorkers ?? defaultWorkers(config, onCount, beside);
  const isInMemory = hasEmbeddedDatabase(config) && config.get(ServiceOptions).ephemeral;
  return {
    name: 'worker',
    workers,
    module: new URL('./service.js', import.meta.url).href,
    half: 'rpc',
    ...(isInMemory && { lostWithWorker: 'the whole state of the cloud, which --ephemeral keeps in its memory alone' }),
  };
}

function defaultWorkers(
  config: Configuration,
  onCount: (message: string) => void,
  beside: readonly (number | undefined)[],
): number {
  if (hasEmbeddedDatabase(config)) return 1;
  const { workers, reason } = defaultWorkerCount(machineLimits(), [undefined, ...beside]);
  onCount(`rpc_workers is not set, starting ${reason}`);
  return workers;
}

const hasEmbeddedDatabase = (config: Configuration): boolean => config.get(DatabaseOptions).connection === undefined;

/**
 * Refuses a driver whose programs are missing on this machine. Throws StartError with instructions for the operator.
 */
function checkDriver(config: Configuration): void {
  const isServed = config.get(ServiceOptions).enabledTopics.includes('compute');
  if (!isServed || config.get(ComputeOptions).computeDriver !== 'qemu') return;
  const fault = programFault(config.get(QemuOptions));
  if (fault !== undefined) throw new StartError(fault);
}

/** Checks that only a separate worker needs, beyond those of the options. Throws StartError for the operator. */
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
