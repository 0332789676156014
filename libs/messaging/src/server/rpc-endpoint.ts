import type { ArgumentsOf, Contract, MethodName, ResultOf } from '../contract/contract.js';
import type { Handler } from './delivery.js';

/** One function for each method of a contract. */
export type HandlersOf<C extends Contract> = {
  readonly [K in MethodName<C>]: Handler<ArgumentsOf<C, K>, ResultOf<C, K>>;
};

/** A contract and its handlers; made by `endpoint()`. */
export interface RpcEndpointDefinition {
  readonly contract: Contract;
  readonly handlers: Readonly<Record<string, Handler<never, unknown>>>;
  /** Additional namespaces that it answers to, for callers that do not use the new one yet. */
  readonly legacyNamespaces?: readonly (string | null)[];
}

/** Binds handlers to a contract; a missing handler or a wrong result does not compile. */
export function endpoint<C extends Contract>(
  contract: C,
  handlers: HandlersOf<C>,
  options: Pick<RpcEndpointDefinition, 'legacyNamespaces'> = {},
): RpcEndpointDefinition {
  return { contract, handlers, ...options };
}
