/** A request as an interceptor sees it, before its handler runs. */
export interface InterceptedRequest {
  readonly topic: string;
  readonly method: string;
  readonly isCast: boolean;
  /** `_unique_id`: the same for every copy of the message. */
  readonly uniqueId: string;
  /** When the client sent it, ms since 1970 by its clock; null when it did not tell, as other products do not. */
  readonly sentMs: number | null;
  /** On the monotonic clock in ms; Infinity for none. */
  readonly deadlineAt: number;
}

/**
 * Stands around the handlers of a server: runs `run`, or does not, and answers what the caller gets. Of a cast, that it
 * was not run counts as done. Errors are those of the handler.
 */
export type RequestInterceptor = (request: InterceptedRequest, run: () => Promise<unknown>) => Promise<unknown>;
