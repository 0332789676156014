import type { RequestContext } from '#libs/telemetry';

/** What a handler may know about the message that it serves. */
export interface Delivery {
  /** Aborted at the deadline and when the server stops and its time is over. */
  readonly signal: AbortSignal;
  /** `_unique_id` of the message; made up for a sender that gave none. */
  readonly uniqueId: string;
  /** Milliseconds left to the caller's deadline now; Infinity when there is none. */
  remainingMs(): number;
  /** The broker gave this message out before, and it was not acknowledged. */
  readonly redelivered: boolean;
  readonly method: string;
  /** Fencing token of the DeliveryLedger; only for casts of a server with a ledger. */
  readonly token?: string;
  /** 1 for the first run of a cast. */
  readonly attempts: number;
}

export type Handler<A, R> = (context: RequestContext, args: A, delivery: Delivery) => Promise<R>;
