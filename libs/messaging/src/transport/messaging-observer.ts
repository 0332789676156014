export type CallOutcome = 'ok' | 'remote_error' | 'timeout' | 'no_worker' | 'unavailable' | 'unknown' | 'error';
export type DropReason = 'expired' | 'duplicate' | 'foreign_exchange' | 'malformed' | 'invalid';

/**
 * Events on the bus, for metrics and logs. Every member is optional and must not throw; `warn` is for an operator, once
 * per change of state.
 */
export interface MessagingObserver {
  callStarted?(topic: string): void;
  /** `code`: class of the error, empty when there is none. */
  callFinished?(topic: string, method: string, outcome: CallOutcome, durationMs: number, code: string): void;
  castPublished?(topic: string): void;
  requestStarted?(topic: string, method: string, redelivered: boolean): void;
  /** Number of messages in a queue that casts were sent to and that has no consumer; 0 once it has one. */
  castsWaiting?(queue: string, count: number): void;
  requestFinished?(topic: string, method: string, ok: boolean, durationMs: number, code: string): void;
  /** How long a message waited: in the queue, and in this process before it ran. */
  requestWaited?(topic: string, durationMs: number): void;
  requestDropped?(topic: string, reason: DropReason): void;
  messageParked?(topic: string, reason: string): void;
  unroutable?(exchange: string, routingKey: string): void;
  duplicateReply?(): void;
  notificationSent?(topic: string): void;
  notificationDropped?(topic: string): void;
  healthChanged?(): void;
  info?(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn?(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** An unexpected exception of a handler, or of this library. */
  error?(message: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void;
}
