import type { Span } from '#libs/telemetry';
import type { Inbound } from './driver.js';
import type { IncomingRequest } from './envelope.js';
import type { Served } from './dispatcher.js';
import type { RequestDelivery } from './request-delivery.js';

/** One request that a server has taken and not finished. */
export interface Work {
  readonly request: IncomingRequest;
  readonly uniqueId: string;
  readonly served: Served;
  /** The message, and copies of it that came while it ran; all are acknowledged together. */
  readonly messages: Inbound[];
  /** When it came, on the monotonic clock in ms. */
  readonly sinceMs: number;
  readonly deadlineAt: number;
  readonly fanout: boolean;
  /** 'waiting' has not begun and may be handed back. */
  state: 'waiting' | 'running';
  attempts: number;
  delivery: RequestDelivery | null;
  /** Of the run that is under way, where the trace is recorded. */
  span: Span | undefined;
  timer: NodeJS.Timeout | null;
}
