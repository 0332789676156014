import { LoggingOptions, runMain } from '#libs/options';
import type { ApiName, Configuration } from '#libs/options';
import { ProcessLauncher } from '#libs/launcher';
import { getLogger, setupLogging } from '#libs/telemetry';
import { checkGateway, describeApis, launchApis } from './service-descriptions.js';
import { tellNetworkApi } from './tell-network-api.js';

/** The main program of the gateway and of its one-API variants: parse, log, launch each API, wait. */
export function runGateway(program: string, apisOf: (config: Configuration) => readonly ApiName[]): Promise<void> {
  return runMain(program, async (config) => {
    const loggingControl = setupLogging(config.get(LoggingOptions), config);
    const names = apisOf(config);
    checkGateway(config);
    const log = getLogger('albireo.gateway');
    const onReady = (): void => log.info(`${program} is ready`);
    const launcher = new ProcessLauncher({ config, loggingControl, onReady });
    const apis = describeApis(names, config, {
      onMissing: (message) => log.warning(message),
      onCount: (message) => log.info(message),
    });
    await launchApis(launcher, apis, config);
    tellNetworkApi(launcher, log);
    if (apis.length > 0) return launcher.wait();
    log.error('No APIs were started. Check the enabled_apis config option.');
    return 1;
  });
}
