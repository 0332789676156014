import {
  ApiListenOptions,
  DatabaseOptions,
  MessagingOptions,
  StartError,
  ControlOptions,
  LoggingOptions,
  ServiceOptions,
  UiOptions,
} from '#libs/options';
import type { Configuration } from '#libs/config';
import type { ApiName } from '#libs/options';
import { ProcessLauncher } from '#libs/launcher';
import { getLogger, setupLogging } from '#libs/telemetry';
import { onlookerMark } from '#libs/simulation';
import { describeEnabledApis, launchApis, workerCounts } from '../../gateway/src/service-descriptions.js';
import { tellNetworkApi } from '../../gateway/src/tell-network-api.js';
import { CONSOLE_NAMES } from '../../consoles/src/console-programs.js';
import { describeEnabledConsoles, supplyBaseUrl } from '../../consoles/src/service-descriptions.js';
import { describeWorker } from '../../worker/src/service-description.js';
import { CONTROL, controlIsOpen, describeControl, supplyControlToken } from './control/describe-control.js';
import type { FindService } from './ui/ui-pages.js';
import { uiPages } from './ui/ui-pages.js';
import { supplyLocalSecrets } from './local-secrets.js';
import { schemeOf } from './clouds-yaml.js';

/**
 * Whether this program also runs the RPC half: with `rpc_workers = 0` workers elsewhere serve it. Throws StartError if
 * no worker elsewhere could be reached.
 */
function hasWorkerHalf(config: Configuration): boolean {
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
 * Whether everything runs in one forked process: with in-process messages, or an embedded database, which only one
 * process can open at a time.
 */
export function isEmbedded(config: Configuration): boolean {
  const { transportUrl } = config.get(MessagingOptions);
  const { connection } = config.get(DatabaseOptions);
  return transportUrl === undefined || transportUrl.startsWith('memory:') || connection === undefined;
}

/** Refuses worker counts that are impossible in one process. Throws StartError, which tells the operator what to do. */
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

/** The page's names of the APIs. */
const APIS: Readonly<Record<string, ApiName>> = {
  identity: 'identity',
  compute: 'osapi_compute',
  network: 'network',
  image: 'image',
};

/** Finds the address of a service of this program. */
function findService(config: Configuration, launcher: Pick<ProcessLauncher, 'address'>): FindService {
  return (name) => {
    const api = Object.hasOwn(APIS, name) ? APIS[name] : undefined;
    const address = launcher.address(name === 'control' ? CONTROL : (api ?? ''));
    if (address === undefined) return undefined;
    const { token } = config.get(ControlOptions);
    const tls = api !== undefined && schemeOf(api, config) === 'https';
    return { ...address, tls, mark: token === undefined ? undefined : onlookerMark(token) };
  };
}

/**
 * Runs both halves under one launcher and returns the exit code. `onReady` is called once, when everything is served.
 */
export async function runServer(config: Configuration, onReady: (launcher: ProcessLauncher) => void): Promise<number> {
  const loggingControl = setupLogging(config.get(LoggingOptions), config);
  supplyLocalSecrets(config);
  const hasWorker = hasWorkerHalf(config);
  const together = hasWorker && isEmbedded(config);
  const hasControl = controlIsOpen(config, together);
  if (hasControl) supplyControlToken(config);
  const page = config.get(UiOptions).enabled ? uiPages((name) => findService(config, launcher)(name)) : undefined;
  const launcher: ProcessLauncher = new ProcessLauncher({
    config,
    loggingControl,
    onReady: () => onReady(launcher),
    page,
  });
  const log = getLogger('albireo.server');
  const apis = describeEnabledApis(config, {
    onMissing: (message) => log.warning(message),
    // With the embedded default there is one process, however large the machine is.
    ...(together ? {} : { onCount: (message: string) => log.info(message) }),
    beside: hasWorker ? [config.get(ApiListenOptions).rpcWorkers] : [],
  });
  if (apis.length === 0) {
    log.error('No known API applications configured.');
    return 1;
  }
  if (together) {
    refuseMoreWorkers(config);
    const control = hasControl ? [describeControl(config)] : [];
    await launcher.launchTogether([describeWorker(config), ...apis, ...describeEnabledConsoles(config), ...control]);
  } else {
    for (const service of describeEnabledConsoles(config)) {
      await launcher.launchService(service);
      const address = launcher.address(service.name);
      const name = CONSOLE_NAMES.find((known) => known === service.name);
      if (address !== undefined && name !== undefined) supplyBaseUrl(name, config, address);
    }
    const beside = workerCounts(config.get(ServiceOptions).enabledApis, config);
    if (hasWorker) await launcher.launchService(describeWorker(config, (message) => log.info(message), beside));
    else log.warning('No rpc workers are launched. Make sure no agent is used in this deployment.', { rpc_workers: 0 });
    await launchApis(launcher, apis, config);
  }
  tellNetworkApi(launcher, log);
  return launcher.wait();
}
