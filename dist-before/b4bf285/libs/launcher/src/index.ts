export { ProcessLauncher } from './process-launcher.js';
export type { ProcessLauncherOptions } from './process-launcher.js';
export { LauncherError, ServiceNotLoadable } from './launcher.errors.js';
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
export type { JsonValue } from './json.js';
export { defaultWorkerCount, machineLimits } from './worker-count.js';
export type { MachineLimits, WorkerCount } from './worker-count.js';
