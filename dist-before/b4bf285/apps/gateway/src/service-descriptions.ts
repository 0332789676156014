import { accessSync, constants } from 'node:fs';
import {
  ApiListenOptions,
  ApiOptions,
  IdentityOptions,
  MessagingOptions,
  ServiceOptions,
  StartError,
  WsgiOptions,
} from '#libs/config';
import type { ApiName, Configuration } from '#libs/config';
import { defaultWorkerCount, machineLimits } from '#libs/launcher';
import type { ServiceDescription, TlsFiles } from '#libs/launcher';
import { PipelineError } from '#libs/pipeline';
import { keystoneSettings } from './edge/keystone/keystone-settings.js';
import { loadMounts } from './edge/pipeline/load-mounts.js';

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
  for (const [option, file] of Object.entries({
    ssl_cert_file: sslCertFile,
    ssl_key_file: sslKeyFile,
    ssl_ca_file: sslCaFile,
  })) {
    if (file !== undefined) checkReadable(option, file);
  }
  return { certFile: sslCertFile, keyFile: sslKeyFile, caFile: sslCaFile };
}

function checkReadable(option: string, file: string): void {
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`[wsgi] ${option}: cannot read ${file}: ${why}`, { cause: error });
  }
}

/**
 * Describes the service of one API to the launcher. Its count of workers unset: what this machine has room for, of
 * which `onCount` is told. Loads nothing of Nest.
 */
export function describeApi(
  name: ApiName,
  config: Configuration,
  onCount: (message: string) => void = () => undefined,
): ServiceDescription {
  const options = config.get(ApiListenOptions);
  const { tcpKeepidle } = config.get(WsgiOptions);
  const { host, port, workers } = listening(options)[name];
  return {
    name,
    workers: workers ?? defaultWorkers(name, onCount),
    module: new URL('./service.js', import.meta.url).href,
    half: 'api',
    listen: { host, port, backlog: options.backlog, keepIdleSeconds: tcpKeepidle, tls: tlsFiles(name, config) },
    settings: { api: name },
  };
}

function defaultWorkers(name: ApiName, onCount: (message: string) => void): number {
  const { workers, reason } = defaultWorkerCount(machineLimits());
  onCount(`${name}_workers is not set, starting ${reason}`);
  return workers;
}

/** Who is told what while APIs are described; by default nobody. */
export interface DescriptionListeners {
  /** An API that the pipeline file does not have. */
  readonly onMissing?: (message: string) => void;
  /** How a count of workers came about that no option gives. */
  readonly onCount?: (message: string) => void;
}

/**
 * The given APIs, each once, that the pipeline file has; of the others `onMissing` is told, as nova-api does. Throws
 * StartError for a pipeline file that cannot be used.
 */
export function describeApis(
  names: readonly ApiName[],
  config: Configuration,
  { onMissing = () => undefined, onCount }: DescriptionListeners = {},
): ServiceDescription[] {
  return [...new Set(names)]
    .filter((name) => hasPipeline(name, config, onMissing))
    .map((name) => describeApi(name, config, onCount));
}

function hasPipeline(name: ApiName, config: Configuration, onMissing: (message: string) => void): boolean {
  try {
    loadMounts(name, config);
    return true;
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    if (error.code !== 'PasteAppNotFound') throw new StartError(error.message, { cause: error });
    onMissing(`enabled_apis: ${name} is not started: ${error.message}`);
    return false;
  }
}

/** All APIs of `enabled_apis` that the pipeline file has. */
export function describeEnabledApis(config: Configuration, listeners?: DescriptionListeners): ServiceDescription[] {
  return describeApis(config.get(ServiceOptions).enabledApis, config, listeners);
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
  const isKeystones = config.get(ApiOptions).authStrategy === 'keystone';
  // Tells what is missing before anything is forked.
  if (isKeystones) keystoneSettings(config);
  const signed = names.filter((name) => name === 'identity' || (name !== 'metadata' && !isKeystones));
  if (signed.length > 0 && config.get(IdentityOptions).signingKeys.length === 0) {
    throw new StartError('[identity] signing_keys: expected at least one key, the same on all gateways; found none');
  }
}
