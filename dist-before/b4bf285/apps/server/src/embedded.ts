import { ApiListenOptions, DatabaseOptions, MessagingOptions, StartError } from '#libs/config';
import type { Configuration } from '#libs/config';

/**
 * Whether this program has the RPC half too: with `rpc_workers = 0` workers elsewhere serve. Throws StartError when no
 * worker elsewhere could be reached.
 */
export function hasWorkerHalf(config: Configuration): boolean {
  if (config.get(ApiListenOptions).rpcWorkers !== 0) return true;
  const { transportUrl } = config.get(MessagingOptions);
  if (transportUrl === undefined || transportUrl.startsWith('memory:')) {
    throw new StartError(
      'rpc_workers = 0: workers elsewhere are reached over transport_url = rabbit://user:password@host:5672/vhost; ' +
        'found memory://, which needs its worker in this program',
    );
  }
  return false;
}

/**
 * Whether everything runs in one forked process: messages inside the process, or an embedded database, which one
 * process at a time can have.
 */
export function isEmbedded(config: Configuration): boolean {
  const { transportUrl } = config.get(MessagingOptions);
  const { connection } = config.get(DatabaseOptions);
  return transportUrl === undefined || transportUrl.startsWith('memory:') || connection === undefined;
}

/** Refuses worker counts that one process cannot have. Throws StartError, which tells the operator the way. */
export function refuseMoreWorkers(config: Configuration): void {
  const options = config.get(ApiListenOptions);
  const counts: readonly (readonly [string, number | undefined])[] = [
    ['identity_workers', options.identityWorkers],
    ['osapi_compute_workers', options.osapiComputeWorkers],
    ['metadata_workers', options.metadataWorkers],
    ['image_workers', options.imageWorkers],
    ['network_workers', options.networkWorkers],
    ['rpc_workers', options.rpcWorkers],
  ];
  const tooMany = counts.filter(([, count]) => count !== undefined && count > 1);
  if (tooMany.length === 0) return;
  throw new StartError(
    `${tooMany.map(([name, count]) => `${name} = ${count}`).join(', ')}: messages inside the process and the embedded ` +
      'database work in one process only; for more set transport_url = rabbit://user:password@host:5672/vhost and ' +
      '[database] connection = postgresql://user:password@host/name',
  );
}
