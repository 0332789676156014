import { accessSync, constants } from 'node:fs';
import { ApiListenOptions, MessagingOptions, ServiceOptions, StartError, WsgiOptions } from '#libs/options';
import type { ApiName, Configuration } from '#libs/options';
import { defaultWorkerCount, machineLimits } from '#libs/launcher';
import type { ProcessLauncher, ServiceDescription, TlsFiles } from '#libs/launcher';
import { PipelineError } from '#libs/pipeline';
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
  // The table of programs requires both; a program that starts an API in another way must not serve it unencrypted.
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

function describeApi(
  name: ApiName,
  config: Configuration,
  workersOf: (name: ApiName, wanted: number | undefined) => number,
): ServiceDescription {
  const options = config.get(ApiListenOptions);
  const { tcpKeepidle } = config.get(WsgiOptions);
  const { host, port, workers } = listening(options)[name];
  return {
    name,
    workers: workersOf(name, workers),
    module: new URL('./service.js', import.meta.url).href,
    half: 'api',
    listen: { host, port, backlog: options.backlog, keepIdleSeconds: tcpKeepidle, tls: tlsFiles(name, config) },
    settings: { api: name },
  };
}

/** Whether each process serves all APIs (`api_processes`). */
export function sharesProcesses(config: Configuration): boolean {
  return config.get(ApiListenOptions).apiProcesses === 'shared';
}

/**
 * Configured number of processes for each group of processes: one group for each API, or one group for all if they
 * share processes, with the largest configured number. Undefined if unset.
 */
export function workerCounts(names: readonly ApiName[], config: Configuration): readonly (number | undefined)[] {
  const all = listening(config.get(ApiListenOptions));
  const counts = [...new Set(names)].map((name) => all[name].workers);
  if (!sharesProcesses(config)) return counts;
  const set = counts.filter((count) => count !== undefined);
  return [set.length === 0 ? undefined : Math.max(...set)];
}

/** Callbacks while APIs are described; none by default. */
export interface DescriptionListeners {
  /** Called for an API that the pipeline file does not have. */
  readonly onMissing?: (message: string) => void;
  /** Called with the explanation of a worker count that no option sets. */
  readonly onCount?: (message: string) => void;
  /** Configured worker counts of the program's other services, which share its memory. */
  readonly beside?: readonly (number | undefined)[];
}

/**
 * Describes the given APIs, each once, that the pipeline file has; `onMissing` is called for the others, as nova-api
 * does. Unset worker counts depend on the resources of this machine. Does not load Nest. Throws StartError for a
 * pipeline file that cannot be used.
 */
export function describeApis(
  names: readonly ApiName[],
  config: Configuration,
  { onMissing = () => undefined, onCount = () => undefined, beside = [] }: DescriptionListeners = {},
): ServiceDescription[] {
  const present = [...new Set(names)].filter((name) => hasPipeline(name, config, onMissing));
  const counts = [...workerCounts(present, config), ...beside];
  const chosen = (what: string): number => {
    const { workers, reason } = defaultWorkerCount(machineLimits(), counts);
    onCount(`${what} is not set, starting ${reason}`);
    return workers;
  };
  if (!sharesProcesses(config)) {
    return present.map((name) => describeApi(name, config, (_, wanted) => wanted ?? chosen(`${name}_workers`)));
  }
  const workers = present.length === 0 ? 0 : (counts[0] ?? chosen(present.map((name) => `${name}_workers`).join(', ')));
  return present.map((name) => describeApi(name, config, () => workers));
}

/** Starts described APIs in separate or in shared processes, according to the options. */
export async function launchApis(
  launcher: ProcessLauncher,
  apis: readonly ServiceDescription[],
  config: Configuration,
): Promise<void> {
  const [first] = apis;
  if (first !== undefined && sharesProcesses(config)) return launcher.launchShared(apis, first.workers);
  for (const api of apis) await launcher.launchService(api);
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
 * Checks the requirements of a stand-alone gateway beyond the options' own checks. Throws StartError with a message for
 * the operator.
 */
export function checkGateway(config: Configuration): void {
  const { transportUrl } = config.get(MessagingOptions);
  if (transportUrl === undefined || transportUrl.startsWith('memory:')) {
    throw new StartError(
      'transport_url: a gateway reaches its workers over rabbit://user:password@host:5672/vhost; ' +
        'memory:// works in albireo-server only, which holds both halves',
    );
  }
}
