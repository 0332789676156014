export { ProcessLauncher } from './process-launcher.js';
export type { ProcessLauncherOptions } from './process-launcher.js';
export { defaultLauncherSettings } from './launcher-settings.js';
export type { LauncherSettings } from './launcher-settings.js';
export { LauncherError } from './launcher.errors.js';
export type { LauncherErrorCode } from './launcher.errors.js';
export type {
  Half,
  ListenAddress,
  Service,
  ServiceDescription,
  ServiceModule,
  TlsFiles,
  WorkerContext,
} from './service.js';
export type { ServiceHealth } from './service-health.js';
export type { ConfigurationModule, LaunchConfiguration, RestoredConfiguration } from './launch-configuration.js';
export type { JsonValue } from './json.js';
