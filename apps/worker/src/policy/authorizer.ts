import { ExpectedError, policyRules } from '#libs/contracts';
import type { PolicyService } from '#libs/contracts';
import { Enforcer, credentialsOf, identityCredentials } from '#libs/policy';
import type { EnforcerOpener, PolicyTarget } from '#libs/policy';
import { getLogger } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';

const log = getLogger('albireo.policy');

const openDefaults: EnforcerOpener = (defaults) => new Enforcer({ defaults });

/** Checks policy rules about objects, within the operation's transaction and against the row that it loaded. */
export class Authorizer {
  readonly #open: EnforcerOpener;
  readonly #lookIntervalMs: number | undefined;
  readonly #enforcers = new Map<PolicyService, Enforcer>();

  /** @param open opens the rules; by default only the built-in ones */
  constructor(open: EnforcerOpener = openDefaults, lookIntervalMs?: number) {
    this.#open = open;
    this.#lookIntervalMs = lookIntervalMs;
  }

  /** Whether the caller may. Also used to decide which objects the caller can see at all. */
  allows(context: RequestContext, service: PolicyService, rule: string, target: PolicyTarget): boolean {
    const credentials = service === 'identity' ? identityCredentials(context) : credentialsOf(context);
    return this.#enforcer(service).check(rule, target, credentials);
  }

  /** Throws PolicyNotAuthorized (403) if the caller may not. */
  authorize(context: RequestContext, service: PolicyService, rule: string, target: PolicyTarget): void {
    if (this.allows(context, service, rule, target)) return;
    throw new ExpectedError('PolicyNotAuthorized', `Policy doesn't allow ${rule} to be performed.`, { rule });
  }

  /** Reads the policy files again; broken files are logged and the previous rules stay. */
  reload(): void {
    for (const enforcer of this.#enforcers.values()) {
      try {
        enforcer.reload();
      } catch (error) {
        tellUnchanged(error);
      }
    }
  }

  /** Stops watching the policy files. */
  stop(): void {
    for (const enforcer of this.#enforcers.values()) enforcer.stop();
  }

  #enforcer(service: PolicyService): Enforcer {
    let enforcer = this.#enforcers.get(service);
    if (enforcer === undefined) {
      enforcer = this.#open(policyRules[service], (message) => log.warning(message));
      enforcer.start({ intervalMs: this.#lookIntervalMs, onError: tellUnchanged });
      this.#enforcers.set(service, enforcer);
    }
    return enforcer;
  }
}

function tellUnchanged(error: unknown): void {
  log.error(`The policy is unchanged: ${error instanceof Error ? error.message : String(error)}`);
}
