import type { RequestInterceptor } from '#libs/messaging';
import { onlookers } from '#libs/simulation';
import { currentContext } from '#libs/telemetry';
import type { EventLog } from './event-log.js';

/** What is asked every few seconds by programs alone tells nobody anything. */
const SILENT: ReadonlySet<string> = new Set(['identity.revocation_list']);

/** An interceptor that writes down what runs, around another one. */
export function watchRequests(events: EventLog, inner: RequestInterceptor): RequestInterceptor {
  return async (request, run) => {
    const what = `${request.topic}.${request.method}`;
    const requestId = currentContext()?.request_id;
    if (SILENT.has(what) || onlookers.has(requestId)) return inner(request, run);
    const began = performance.now();
    let error: string | undefined;
    try {
      return await inner(request, run);
    } catch (thrown) {
      error = nameOf(thrown);
      throw thrown;
    } finally {
      events.add({
        kind: request.isCast ? 'cast' : 'call',
        what,
        ms: Math.round((performance.now() - began) * 10) / 10,
        ...(requestId !== undefined && { request_id: requestId }),
        ...(error !== undefined && { error }),
      });
    }
  };
}

function nameOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'Error';
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.name;
}
