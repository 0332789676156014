import type { RequestInterceptor } from '#libs/messaging';
import { onlookers } from '#libs/simulation';
import { currentContext } from '#libs/telemetry';

/** Methods that only programs call, every few seconds, are not recorded. */
const SILENT: ReadonlySet<string> = new Set(['identity.revocation_list']);

/** An interceptor around another one that records the requests. */
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

/** An event inside a cloud with a control port: a request between gateway and worker, or a notification. */
interface CloudEvent {
  /** Ascending, without gaps, from 1 in each process. */
  readonly number: number;
  /** ISO 8601, machine time. */
  readonly at: string;
  readonly kind: 'call' | 'cast' | 'notification';
  /** `conductor.server_create`, `compute.instance.create.end`. */
  readonly what: string;
  /** The id of the object of a notification. */
  readonly subject?: string;
  readonly request_id?: string;
  readonly ms?: number;
  /** The class of the error with which it ended. */
  readonly error?: string;
}

const MOST = 1_000;

/** Records notifications. */
export function watchNotices(events: EventLog): (what: string, subject: string) => void {
  return (what, subject) => events.add({ kind: 'notification', what, subject });
}

/** The latest events, for users of the control port. Contains no arguments and no results, since they may be secret. */
export class EventLog {
  readonly #events: CloudEvent[] = [];
  #last = 0;
  readonly #waiting = new Set<() => void>();

  add(event: Omit<CloudEvent, 'number' | 'at'>): void {
    this.#last += 1;
    this.#events.push({ number: this.#last, at: new Date().toISOString(), ...event });
    // Cut rarely, many events at once.
    if (this.#events.length > MOST * 2) this.#events.splice(0, this.#events.length - MOST);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Events after a number, the latest thousand at most. */
  after(number: number): readonly CloudEvent[] {
    const missing = this.#last - number;
    return missing <= 0 ? [] : this.#events.slice(-Math.min(missing, MOST));
  }

  /** The same; waits until there is one, and returns none after the given time. */
  async next(number: number, waitMs: number): Promise<readonly CloudEvent[]> {
    if (number >= this.#last) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          this.#waiting.delete(resolve);
          resolve();
        }, waitMs);
        timer.unref();
        this.#waiting.add(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    return this.after(number);
  }
}
