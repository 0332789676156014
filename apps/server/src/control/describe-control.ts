import { randomBytes } from 'node:crypto';
import { ControlOptions, FaultOptions, StartError } from '#libs/options';
import type { Configuration } from '#libs/config';
import type { ServiceDescription } from '#libs/launcher';

/** Name of the control port among the services of the launcher. */
export const CONTROL = 'control';

/**
 * Whether the control port must be opened. It changes state inside its own process: throws StartError if `[control]
 * enabled` or `[faults] enabled` is set for a program of several processes.
 */
export function controlIsOpen(config: Configuration, together: boolean): boolean {
  const wanted = [
    ...(config.get(ControlOptions).enabled ? ['[control] enabled'] : []),
    ...(config.get(FaultOptions).enabled ? ['[faults] enabled'] : []),
  ];
  if (wanted.length > 0 && !together) {
    throw new StartError(
      `${wanted.join(' and ')}: works with all APIs and the worker in one process, that is with transport_url = ` +
        'memory:// or the embedded database; here they are processes of their own',
    );
  }
  return config.get(ControlOptions).enabled;
}

/** Makes a token for callers of the control port if no option sets one. */
export function supplyControlToken(config: Configuration): void {
  if (config.get(ControlOptions).token === undefined) {
    config.supply('control', 'token', randomBytes(24).toString('base64url'));
  }
}

/** The control port for the launcher. It is served in the process of the worker and the APIs, and started last. */
export function describeControl(config: Configuration): ServiceDescription {
  const { listen: host, port } = config.get(ControlOptions);
  return {
    name: CONTROL,
    workers: 1,
    module: new URL('./service.js', import.meta.url).href,
    half: 'api',
    listen: { host, port },
  };
}
