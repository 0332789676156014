import type { ProcessLauncher } from '#libs/launcher';
import type { Logger } from '#libs/telemetry';

/** Logs neutron's own line once its API listens, for programs that wait for it in the log. */
export function tellNetworkApi(launcher: ProcessLauncher, log: Logger): void {
  const address = launcher.address('network');
  if (address !== undefined) log.info(`Neutron service started, listening on ${address.host}:${address.port}`);
}
