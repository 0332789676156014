#!/usr/bin/env node
// albireo-server: the APIs and the worker under one launcher, as neutron-server has both halves.
import { LoggingOptions, ServiceOptions, runMain } from '#libs/config';
import type { ApiName } from '#libs/config';
import { ProcessLauncher } from '#libs/launcher';
import { getLogger, setupLogging } from '#libs/telemetry';
import { describeEnabledApis } from '../../gateway/src/service-descriptions.js';
import { describeWorker } from '../../worker/src/service-description.js';
import { banner } from './banner.js';
import { hasWorkerHalf, isEmbedded, refuseMoreWorkers } from './embedded.js';
import { supplyLocalSecrets } from './local-secrets.js';

await runMain('albireo-server', async (config) => {
  const loggingControl = setupLogging(config.get(LoggingOptions), config);
  supplyLocalSecrets(config);
  const launcher = new ProcessLauncher({ config, loggingControl, onReady: printBanner });
  const log = getLogger('albireo.server');
  const hasWorker = hasWorkerHalf(config);
  const together = hasWorker && isEmbedded(config);
  const apis = describeEnabledApis(config, {
    onMissing: (message) => log.warning(message),
    // On the embedded default there is one process whatever the machine has room for.
    ...(together ? {} : { onCount: (message: string) => log.info(message) }),
  });
  if (apis.length === 0) {
    log.error('No known API applications configured.');
    return 1;
  }
  if (together) {
    refuseMoreWorkers(config);
    await launcher.launchTogether([describeWorker(config), ...apis]);
  } else {
    if (hasWorker) await launcher.launchService(describeWorker(config, (message) => log.info(message)));
    else log.info('RPC was already started in parent process by plugin.', { rpc_workers: 0 });
    for (const api of apis) await launcher.launchService(api);
  }
  return launcher.wait();

  function printBanner(): void {
    const addresses = new Map<ApiName, { host: string; port: number }>();
    for (const name of config.get(ServiceOptions).enabledApis) {
      const address = launcher.address(name);
      if (address !== undefined) addresses.set(name, address);
    }
    process.stdout.write(banner(config, addresses, launcher.healthPort));
  }
});
