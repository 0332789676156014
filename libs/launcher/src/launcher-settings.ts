/** How the launcher behaves; the options' names in OpenStack's files are in the comments. Times in ms. */
export interface LauncherSettings {
  /** What SIGHUP does: `mutate` changes the configuration in place, `reload` exchanges the workers one by one. */
  readonly restartMethod: 'mutate' | 'reload';
  /** `graceful_shutdown_timeout`; 0 = for ever. */
  readonly gracefulShutdownTimeoutMs: number;
  /** `drain_delay`: how long connections are still accepted after readiness is off. */
  readonly drainDelayMs: number;
  /** `worker_watchdog`; 0 = never. */
  readonly workerWatchdogMs: number;
  /** `log_options`: write all option values at DEBUG when waiting begins. */
  readonly logOptions: boolean;
  /** `[health] listen` and `port`; port 0 = a free one, -1 = off. */
  readonly health: { readonly host: string; readonly port: number };
}

/** @default each as in OpenStack where it has the option */
export const defaultLauncherSettings: LauncherSettings = {
  restartMethod: 'mutate',
  gracefulShutdownTimeoutMs: 60_000,
  drainDelayMs: 0,
  workerWatchdogMs: 30_000,
  logOptions: true,
  health: { host: '0.0.0.0', port: 0 },
};
