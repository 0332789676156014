import type { RequestContext } from '#libs/telemetry';

export type ClaimResult =
  /** Run it. `token` is a fencing token: completing with an older token has no effect. `attempts` counts this one. */
  | { readonly state: 'claimed'; readonly token: string; readonly attempts: number }
  /** It took effect before: acknowledge it and do nothing else. */
  | { readonly state: 'done' }
  /** Another worker holds it; ask again after that time. */
  | { readonly state: 'busy'; readonly retryInMs: number };

/**
 * Remembers across workers which casts took effect. A redelivery, or a second copy after a lost connection, then
 * takes effect once. Implemented by the worker on its database, in the transaction of the effect.
 */
export interface DeliveryLedger {
  /**
   * `leaseMs`: how long the cast of a dead worker waits before another worker may claim it. A handler may take longer:
   * the ledger itself renews the claims of its process until `complete` or `fail`.
   */
  claim(uniqueId: string, topic: string, leaseMs: number): Promise<ClaimResult>;
  /**
   * Marks the cast as done. A handler calls it inside its own transaction with `delivery.token`; otherwise the server
   * calls it after the handler returned. Must be harmless when repeated.
   */
  complete(uniqueId: string, token: string): Promise<void>;
  /** Gives the claim back after a failure, so that the next attempt need not wait for the lease to expire. */
  fail(uniqueId: string, token: string, reason: string): Promise<void>;
}

/** The information that a handler gets about its message. */
export interface Delivery {
  /** Aborted at the deadline, and when the server stops and its stop deadline is over. */
  readonly signal: AbortSignal;
  /** `_unique_id` of the message; generated if the sender gave none. */
  readonly uniqueId: string;
  /** Milliseconds left until the caller's deadline; Infinity when there is none. */
  remainingMs(): number;
  /** The broker delivered this message before, and it was not acknowledged. */
  readonly redelivered: boolean;
  readonly method: string;
  /** Fencing token of the DeliveryLedger; only for casts of a server with a ledger. */
  readonly token?: string;
  /** 1 for the first run of a cast. */
  readonly attempts: number;
}

export type Handler<A, R> = (context: RequestContext, args: A, delivery: Delivery) => Promise<R>;
