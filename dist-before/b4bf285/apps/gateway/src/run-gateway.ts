import { LoggingOptions, runMain } from '#libs/config';
import type { ApiName, Configuration } from '#libs/config';
import { ProcessLauncher } from '#libs/launcher';
import { getLogger, setupLogging } from '#libs/telemetry';
import { checkGateway, describeApis } from './service-descriptions.js';

/** The main program of the gateway and of its one-API variants: parse, log, launch each API, wait. */
export function runGateway(program: string, apisOf: (config: Configuration) => readonly ApiName[]): Promise<void> {
  return runMain(program, async (config) => {
    const loggingControl = setupLogging(config.get(LoggingOptions), config);
    const names = apisOf(config);
    checkGateway(names, config);
    const log = getLogger('albireo.gateway');
    const onReady = (): void => log.info(`${program} is ready`);
    const launcher = new ProcessLauncher({ config, loggingControl, onReady });
    const apis = describeApis(names, config, {
      onMissing: (message) => log.warning(message),
      onCount: (message) => log.info(message),
    });
    for (const api of apis) await launcher.launchService(api);
    if (apis.length > 0) return launcher.wait();
    log.error('No APIs were started. Check the enabled_apis config option.');
    return 1;
  });
}
