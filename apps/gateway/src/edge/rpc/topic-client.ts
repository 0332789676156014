import type { Declaration, VersionedObject } from '#libs/contracts';
import type { ArgumentsOf, CallName, Contract, ResultOf } from '#libs/messaging';
import { createContext, setTrace } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { Fault } from '../errors/fault.js';
import { remoteFault } from '../errors/remote-faults.js';
import type { RequestState } from '../request-state.js';

/** The gateway's interface of `#libs/messaging`'s RpcClient. */
export interface RpcCaller<C extends Contract> {
  call<K extends CallName<C>>(
    context: RequestContext,
    method: K,
    args: ArgumentsOf<C, K>,
    options?: { readonly timeoutMs?: number },
  ): Promise<ResultOf<C, K>>;
}

/**
 * The calls to one topic on behalf of a request: they carry its context and its remaining time, and fail with the Fault
 * for the client. Injected by the class of each topic (`ConductorClient`, …).
 */
export class TopicClient<C extends Contract> {
  readonly #caller: RpcCaller<C>;

  constructor(caller: RpcCaller<C>) {
    this.#caller = caller;
  }

  /**
   * `elevated`: calls as an administrator, for data that a response needs but the caller itself may not read. Throws
   * Fault for every failure that a client may see; others pass unchanged and become a 500.
   */
  async call<K extends CallName<C>>(
    request: { readonly edge: RequestState },
    method: K,
    args: ArgumentsOf<C, K>,
    options: { readonly elevated?: boolean } = {},
  ): Promise<ResultOf<C, K>> {
    return this.#send(request, (context, timing) => this.#caller.call(context, method, args, timing), options);
  }

  /**
   * Calls a method whose name is built from a declaration at run time; the call fails if the contract does not have it.
   */
  callNamed(
    request: { readonly edge: RequestState },
    method: string,
    args: object,
    options: { readonly elevated?: boolean } = {},
  ): Promise<unknown> {
    type Name = CallName<C>;
    return this.#send<unknown>(
      request,
      (context, timing) => this.#caller.call(context, method as Name, args as ArgumentsOf<C, Name>, timing),
      options,
    );
  }

  /** Calls the contract's method for a declared resource: `router_list`, from the same declaration. */
  async callDeclared<D extends object>(
    request: { readonly edge: RequestState },
    { qualified }: Pick<Declaration, 'qualified'>,
    method: string,
    args: object,
    options: { readonly elevated?: boolean } = {},
  ): Promise<VersionedObject<D>> {
    return (await this.callNamed(request, `${qualified}_${method}`, args, options)) as VersionedObject<D>;
  }

  async #send<T>(
    request: { readonly edge: RequestState },
    send: (context: RequestContext, timing: { readonly timeoutMs: number }) => Promise<T>,
    options: { readonly elevated?: boolean } = {},
  ): Promise<T> {
    const { edge } = request;
    const timeoutMs = Math.floor(edge.deadlineMs - performance.now());
    if (timeoutMs <= 0) {
      throw new Fault(504, 'The time for this request was over before it could be sent.', { code: 'MessagingTimeout' });
    }
    try {
      const own = edge.context ?? anonymousContext(edge);
      const context = options.elevated === true ? elevated(own) : own;
      return await send(context, { timeoutMs });
    } catch (error) {
      throw remoteFault(error) ?? error;
    }
  }

  /** For the gateway's own needs outside of a request. */
  async callAs<K extends CallName<C>>(
    context: RequestContext,
    method: K,
    args: ArgumentsOf<C, K>,
    timeoutMs: number,
  ): Promise<ResultOf<C, K>> {
    return this.#caller.call(context, method, args, { timeoutMs });
  }
}

/** Without authentication (log-in, metadata) the request still has its ids. */
function anonymousContext(edge: RequestState): RequestContext {
  const { requestId, globalRequestId, sourceAddress } = edge;
  const known = { request_id: requestId, global_request_id: globalRequestId, remote_address: sourceAddress };
  const context = createContext(known);
  return setTrace(context, edge.trace);
}

/** oslo.context's elevated(). */
function elevated(context: RequestContext): RequestContext {
  const roles = context.roles.includes('admin') ? context.roles : [...context.roles, 'admin'];
  return { ...context, roles, is_admin: true };
}
