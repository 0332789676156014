import type { ApiApplication } from './edge/application.js';
import type { ApiName } from './edge/api-names.js';

const running = new Map<ApiName, ApiApplication>();

/** Registers an API of this process for other services in the same process. */
export function announceApi(name: ApiName, application: ApiApplication): void {
  running.set(name, application);
}

/** An API of this process; injected requests are answered even before it gets its first connection. */
export function runningApi(name: ApiName): ApiApplication | undefined {
  return running.get(name);
}
