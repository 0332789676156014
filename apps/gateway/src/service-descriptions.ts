import { availableParallelism } from 'node:os';
import {
  ApiListenOptions,
  IdentityOptions,
  MessagingOptions,
  ServiceOptions,
  StartError,
  WsgiOptions,
} from '#libs/config';
import type { ApiName, Configuration } from '#libs/config';
import type { ServiceDescription, TlsFiles } from '#libs/launcher';

interface Listening {
  readonly host: string;
  readonly port: number;
  readonly workers: number | undefined;
}

function listening(options: ApiListenOptions): Record<ApiName, Listening> {
  return {
    identity: { host: options.identityListen, port: options.identityListenPort, workers: options.identityWorkers },
    osapi_compute: {
      host: options.osapiComputeListen,
      port: options.osapiComputeListenPort,
      workers: options.osapiComputeWorkers,
    },
    metadata: { host: options.metadataListen, port: options.metadataListenPort, workers: options.metadataWorkers },
    image: { host: options.imageListen, port: options.imageListenPort, workers: options.imageWorkers },
    network: { host: options.networkListen, port: options.networkListenPort, workers: options.networkWorkers },
  };
}

function tlsFiles(name: ApiName, config: Configuration): TlsFiles | undefined {
  if (!config.get(ServiceOptions).enabledSslApis.includes(name)) return undefined;
  const { sslCertFile, sslKeyFile, sslCaFile } = config.get(WsgiOptions);
  if (sslCertFile === undefined || sslKeyFile === undefined) {
    throw new StartError(`enabled_ssl_apis names ${name}: expected [wsgi] ssl_cert_file and ssl_key_file to be set`);
  }
  return { certFile: sslCertFile, keyFile: sslKeyFile, caFile: sslCaFile };
}

/** Describes the service of one API to the launcher; workers unset: one a CPU. Loads nothing of Nest. */
export function describeApi(name: ApiName, config: Configuration): ServiceDescription {
  const options = config.get(ApiListenOptions);
  const { host, port, workers } = listening(options)[name];
  return {
    name,
    workers: workers ?? availableParallelism(),
    module: new URL('./service.js', import.meta.url).href,
    half: 'api',
    listen: { host, port, backlog: options.backlog, tls: tlsFiles(name, config) },
    settings: { api: name },
  };
}

/** All APIs of `enabled_apis`, each once, in their order. */
export function describeEnabledApis(config: Configuration): ServiceDescription[] {
  return [...new Set(config.get(ServiceOptions).enabledApis)].map((name) => describeApi(name, config));
}

/**
 * What a gateway of its own needs beyond the options' own checks. Throws StartError, which tells the operator.
 */
export function checkGateway(names: readonly ApiName[], config: Configuration): void {
  const { transportUrl } = config.get(MessagingOptions);
  if (transportUrl === undefined || transportUrl.startsWith('memory:')) {
    throw new StartError(
      'transport_url: a gateway reaches its workers over rabbit://user:password@host:5672/vhost; ' +
        'memory:// works in albireo-server only, which holds both halves',
    );
  }
  if (names.some((name) => name !== 'metadata') && config.get(IdentityOptions).signingKeys.length === 0) {
    throw new StartError('[identity] signing_keys: expected at least one key, the same on all gateways; found none');
  }
}
