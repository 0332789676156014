import { credentialsOf } from '#libs/policy';
import type { RequestContext } from '#libs/telemetry';
import { Fault } from '../errors/fault.js';
import { contextOf } from '../request-state.js';
import type { RequestState } from '../request-state.js';

/** The gateway's interface of `#libs/policy`'s Enforcer. */
export interface PolicyChecker {
  check(rule: string, target: Readonly<Record<string, unknown>>, creds: Readonly<Record<string, unknown>>): boolean;
}

/** Checks the policy rules that need no object; the worker checks rules about an object. */
export class PolicyGate {
  readonly #checker: PolicyChecker;
  readonly #credentialsOfContext: typeof credentialsOf;
  readonly #credentials = new WeakMap<RequestContext, Readonly<Record<string, unknown>>>();

  /** @param credentials converts a context to the credentials for the API's rules */
  constructor(checker: PolicyChecker, credentials = credentialsOf) {
    this.#checker = checker;
    this.#credentialsOfContext = credentials;
  }

  /** Throws a 403 Fault unless the policy permits it. The default target is the caller's own project and user. */
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
      credentials = this.#credentialsOfContext(context);
      this.#credentials.set(context, credentials);
    }
    return credentials;
  }
}
