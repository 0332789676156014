#!/usr/bin/env node
// albireo-server: the APIs and the worker under one launcher, as neutron-server has both halves.
import { LoggingOptions, ServiceOptions, runMain } from '#libs/config';
import type { ApiName } from '#libs/config';
import { ProcessLauncher } from '#libs/launcher';
import { getLogger, setupLogging } from '#libs/telemetry';
import { describeEnabledApis } from '../../gateway/src/service-descriptions.js';
import { describeWorker } from '../../worker/src/service-description.js';
import { banner } from './banner.js';
import { isEmbedded, refuseMoreWorkers } from './embedded.js';
import { supplyLocalSecrets } from './local-secrets.js';

await runMain('albireo-server', async (config) => {
  const loggingControl = setupLogging(config.get(LoggingOptions), config);
  supplyLocalSecrets(config);
  const launcher = new ProcessLauncher({ config, loggingControl, onReady: printBanner });
  const log = getLogger('albireo.server');
  const onMissing = (message: string): void => log.warning(message);
  if (isEmbedded(config)) {
    refuseMoreWorkers(config);
    await launcher.launchTogether([describeWorker(config), ...describeEnabledApis(config, { onMissing })]);
  } else {
    const onCount = (message: string): void => log.info(message);
    await launcher.launchService(describeWorker(config, onCount));
    for (const api of describeEnabledApis(config, { onMissing, onCount })) await launcher.launchService(api);
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
