#!/usr/bin/env node
// albireo-worker: the RPC topics of enabled_topics, as nova-conductor, nova-scheduler and nova-compute in one.
import { LoggingOptions, runMain } from '#libs/config';
import { ProcessLauncher } from '#libs/launcher';
import { getLogger, setupLogging } from '#libs/telemetry';
import { checkWorker, describeWorker } from './service-description.js';

const program = 'albireo-worker';

await runMain(program, async (config) => {
  const loggingControl = setupLogging(config.get(LoggingOptions), config);
  checkWorker(config);
  const log = getLogger('albireo.worker');
  const onReady = (): void => log.info(`${program} is ready`);
  const launcher = new ProcessLauncher({ config, loggingControl, onReady });
  await launcher.launchService(describeWorker(config, (message) => log.info(message)));
  return launcher.wait();
});
