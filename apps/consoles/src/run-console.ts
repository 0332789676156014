import { LoggingOptions, runMain } from '#libs/options';
import { ProcessLauncher } from '#libs/launcher';
import { getLogger, setupLogging } from '#libs/telemetry';
import type { ConsoleName } from './console-programs.js';
import { checkConsole, describeConsole } from './service-descriptions.js';

/** The main program of each console program. */
export function runConsole(name: ConsoleName): Promise<void> {
  const program = `albireo-${name}`;
  return runMain(program, async (config) => {
    const loggingControl = setupLogging(config.get(LoggingOptions), config);
    checkConsole(config);
    const onReady = (): void => getLogger('albireo.consoles').info(`${program} is ready`);
    const launcher = new ProcessLauncher({ config, loggingControl, onReady });
    await launcher.launchService(describeConsole(name, config));
    return launcher.wait();
  });
}
