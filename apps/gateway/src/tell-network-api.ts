import type { ProcessLauncher } from '#libs/launcher';
import type { Logger } from '#libs/telemetry';

/** neutron's own line once its API listens, for those who wait for it in the log. */
export function tellNetworkApi(launcher: ProcessLauncher, log: Logger): void {
  const address = launcher.address('network');
  if (address !== undefined) log.info(`Neutron service started, listening on ${address.host}:${address.port}`);
}
