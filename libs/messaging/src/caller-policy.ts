import type { RequestContext } from '#libs/telemetry';
import type { Contract, Method } from './contract.js';

/** Decides about whole requests, before their handlers, by what the contract declares (`access`). */
export interface CallerPolicy {
  /** Asked once for each contract, when its server is made. Throws for one that must not be served. */
  examine(contract: Contract): void;
  /** Throws what the caller is to get unless the method may be run in this context. */
  admit(context: RequestContext, method: Method, name: string): void;
}
