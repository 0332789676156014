import { MessagingOptions, ServiceOptions, StartError } from '#libs/config';
import type { Configuration } from '#libs/config';
import type { ServiceDescription } from '#libs/launcher';

/** Describes the worker to the launcher: one process for all topics. Loads nothing of Nest. */
export function describeWorker(): ServiceDescription {
  return { name: 'worker', workers: 1, module: new URL('./service.js', import.meta.url).href, half: 'rpc' };
}

/** What a worker of its own needs beyond the options' own checks. Throws StartError, which tells the operator. */
export function checkWorker(config: Configuration): void {
  const { transportUrl } = config.get(MessagingOptions);
  if (transportUrl === undefined || transportUrl.startsWith('memory:')) {
    throw new StartError(
      'transport_url: a worker is reached over rabbit://user:password@host:5672/vhost; ' +
        'memory:// works in albireo-server only, which holds both halves',
    );
  }
  if (config.get(ServiceOptions).enabledTopics.length === 0) {
    throw new StartError('enabled_topics: expected at least one topic, found none');
  }
}
