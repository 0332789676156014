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
export type { ServiceHealth } from './service.js';
export type { JsonValue } from './service.js';
export { defaultWorkerCount, machineLimits } from './workers/worker-count.js';
export type { MachineLimits, WorkerCount } from './workers/worker-count.js';
