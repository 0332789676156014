import { credentialsOf } from '#libs/policy';
import type { RequestContext } from '#libs/telemetry';
import { Fault } from '../errors/fault.js';
import { contextOf } from '../request-state.js';
import type { RequestState } from '../request-state.js';

/** What the gateway needs of `#libs/policy`'s Enforcer. */
export interface PolicyChecker {
  check(rule: string, target: Readonly<Record<string, unknown>>, creds: Readonly<Record<string, unknown>>): boolean;
}

/** Asks the policy what can be asked without the object; rules about an object are the worker's. */
export class PolicyGate {
  readonly #checker: PolicyChecker;
  readonly #credentials = new WeakMap<RequestContext, Readonly<Record<string, unknown>>>();

  constructor(checker: PolicyChecker) {
    this.#checker = checker;
  }

  /** Throws a 403 Fault unless the caller may. The target defaults to what the caller owns. */
  authorize(request: { readonly edge: RequestState }, rule: string, target?: Readonly<Record<string, unknown>>): void {
    if (this.allows(request, rule, target)) return;
    throw new Fault(403, `Policy doesn't allow ${rule} to be performed.`, { code: 'PolicyNotAuthorized' });
  }

  allows(request: { readonly edge: RequestState }, rule: string, target?: Readonly<Record<string, unknown>>): boolean {
    const context = contextOf(request);
    const own = target ?? { project_id: context.project_id, tenant_id: context.project_id, user_id: context.user_id };
    return this.#checker.check(rule, own, this.#credentialsOf(context));
  }

  #credentialsOf(context: RequestContext): Readonly<Record<string, unknown>> {
    let credentials = this.#credentials.get(context);
    if (credentials === undefined) {
      credentials = credentialsOf(context);
      this.#credentials.set(context, credentials);
    }
    return credentials;
  }
}
