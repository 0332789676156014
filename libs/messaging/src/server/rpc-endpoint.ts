import type { ArgumentsOf, Contract, MethodName, ResultOf } from '../contract/contract.js';
import type { Handler } from './delivery.js';

/** One function for each method of a contract. */
export type HandlersOf<C extends Contract> = {
  readonly [K in MethodName<C>]: Handler<ArgumentsOf<C, K>, ResultOf<C, K>>;
};

/** A contract and what serves it; made by `endpoint()`. */
export interface RpcEndpointDefinition {
  readonly contract: Contract;
  readonly handlers: Readonly<Record<string, Handler<never, unknown>>>;
  /** Namespaces that it answers to as well, for callers that have not been told of the new one. */
  readonly legacyNamespaces?: readonly (string | null)[];
}

/** Binds handlers to a contract; a missing one or a wrong result does not compile. */
export function endpoint<C extends Contract>(
  contract: C,
  handlers: HandlersOf<C>,
  options: Pick<RpcEndpointDefinition, 'legacyNamespaces'> = {},
): RpcEndpointDefinition {
  return { contract, handlers, ...options };
}
