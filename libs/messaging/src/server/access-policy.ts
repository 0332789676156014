import type { Contract, Method } from '../contract/contract.js';
import type { RequestContext } from '#libs/telemetry';

/** A request as an interceptor sees it, before its handler runs. */
export interface InterceptedRequest {
  readonly topic: string;
  readonly method: string;
  readonly isCast: boolean;
  /** `_unique_id`: the same for every copy of the message. */
  readonly uniqueId: string;
  /** When the client sent it, ms since 1970 by its clock; null when it did not say, as other products do not. */
  readonly sentMs: number | null;
  /** The headers that were sent with the body, as a client or an outbox wrote them. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** On the monotonic clock in ms; Infinity for none. */
  readonly deadlineAt: number;
}

/**
 * Wraps the handlers of a server: it calls `run` or does not, and returns the result for the caller. A cast that was
 * not run counts as done. Errors are those of the handler.
 */
export type RequestInterceptor = (request: InterceptedRequest, run: () => Promise<unknown>) => Promise<unknown>;

/** Decides about whole requests, before their handlers run, by the contract's declarations (`access`). */
export interface CallerPolicy {
  /** Called once for each contract, when its server is made. Throws for a contract that must not be served. */
  examine(contract: Contract): void;
  /** Throws the error for the caller unless the method may be run in this context. */
  admit(context: RequestContext, method: Method, name: string): void;
}

/** Which methods of an endpoint may be called remotely (oslo_messaging/rpc/dispatcher.py). */
export interface AccessPolicy {
  isAllowed(contract: Contract, method: string): boolean;
}

/** Every method whose name does not begin with `_`. */
export const defaultAccessPolicy: AccessPolicy = { isAllowed: (_contract, method) => !method.startsWith('_') };

/** Every method. */
export const legacyAccessPolicy: AccessPolicy = { isAllowed: () => true };

/** Only methods that are declared with `exposed: true`. */
export const explicitAccessPolicy: AccessPolicy = {
  isAllowed: (contract, method) => contract.methods[method]?.exposed === true,
};
