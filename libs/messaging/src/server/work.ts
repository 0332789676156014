import type { Span } from '#libs/telemetry';
import type { Inbound } from '../drivers/driver.js';
import type { IncomingRequest } from '../wire/envelope.js';
import type { Served } from './dispatcher.js';
import type { Delivery } from './delivery.js';

/** The handler's view of its message; signal and timer exist only for handlers that read the signal. */
export class RequestDelivery implements Delivery {
  #controller: AbortController | null = null;
  #timer: NodeJS.Timeout | null = null;
  #reason: Error | null = null;
  declare readonly token?: string;

  constructor(
    readonly uniqueId: string,
    readonly method: string,
    readonly redelivered: boolean,
    /** performance.now() of the deadline. */
    readonly deadlineAt: number,
    readonly attempts: number,
    token?: string,
  ) {
    if (token !== undefined) this.token = token;
  }

  get signal(): AbortSignal {
    if (this.#controller !== null) return this.#controller.signal;
    const controller = new AbortController();
    this.#controller = controller;
    if (this.#reason !== null) controller.abort(this.#reason);
    else if (this.deadlineAt !== Infinity) {
      const delay = Math.min(Math.max(0, this.remainingMs()), 2 ** 31 - 1);
      this.#timer = setTimeout(() => controller.abort(new Error('the deadline of the request has passed')), delay);
    }
    return controller.signal;
  }

  remainingMs(): number {
    return this.deadlineAt - performance.now();
  }

  abort(reason: Error): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}

/** One request that a server has taken and not finished. */
export interface Work {
  readonly request: IncomingRequest;
  readonly uniqueId: string;
  readonly served: Served;
  /** The message, and copies of it that arrived while it ran; all are acknowledged together. */
  readonly messages: Inbound[];
  /** When it arrived, on the monotonic clock in ms. */
  readonly sinceMs: number;
  readonly deadlineAt: number;
  readonly fanout: boolean;
  /** 'waiting' has not started and may be requeued. */
  state: 'waiting' | 'running';
  attempts: number;
  delivery: RequestDelivery | null;
  /** The span of the current run, if the trace is recorded. */
  span: Span | undefined;
  timer: NodeJS.Timeout | null;
}
