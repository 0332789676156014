import type { ApiApplication } from './edge/application.js';
import type { ApiName } from './edge/api-names.js';

const running = new Map<ApiName, ApiApplication>();

/** Remembers an API of this process for what runs beside it. */
export function announceApi(name: ApiName, application: ApiApplication): void {
  running.set(name, application);
}

/** An API of this process, which answers injected requests before the first connection is given to it. */
export function runningApi(name: ApiName): ApiApplication | undefined {
  return running.get(name);
}
