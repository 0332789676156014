import type { ApiName } from '#libs/options';
import { ApiListenOptions, ControlOptions, LoggingOptions, ServiceOptions, UiOptions } from '#libs/options';
import type { Configuration } from '#libs/config';
import { ProcessLauncher } from '#libs/launcher';
import { getLogger, setupLogging } from '#libs/telemetry';
import { describeEnabledApis, launchApis, workerCounts } from '../../gateway/src/service-descriptions.js';
import { tellNetworkApi } from '../../gateway/src/tell-network-api.js';
import { CONSOLE_NAMES } from '../../consoles/src/console-programs.js';
import { describeEnabledConsoles, supplyBaseUrl } from '../../consoles/src/service-descriptions.js';
import { describeWorker } from '../../worker/src/service-description.js';
import { CONTROL, controlIsOpen, describeControl, supplyControlToken } from './control/describe-control.js';
import type { FindService } from './ui/ui-pages.js';
import { uiPages } from './ui/ui-pages.js';
import { hasWorkerHalf, isEmbedded, refuseMoreWorkers } from './embedded.js';
import { supplyLocalSecrets } from './local-secrets.js';
import { onlookerMark } from '#libs/simulation';
import { schemeOf } from './clouds-yaml.js';

/** The page's names of APIs. */
const APIS: Readonly<Record<string, ApiName>> = {
  identity: 'identity',
  compute: 'osapi_compute',
  network: 'network',
  image: 'image',
};

/** Finds what this program serves. */
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

/** Runs both halves under one launcher and answers the exit code. `onReady` is called once, when all is served. */
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
    // On the embedded default there is one process whatever the machine has room for.
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
