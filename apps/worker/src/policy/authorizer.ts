import { ExpectedError, policyRules } from '#libs/contracts';
import type { PolicyService } from '#libs/contracts';
import { Enforcer, credentialsOf, identityCredentials } from '#libs/policy';
import type { EnforcerOpener, PolicyTarget } from '#libs/policy';
import { getLogger } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';

const log = getLogger('albireo.policy');

const openDefaults: EnforcerOpener = (defaults) => new Enforcer({ defaults });

/** The rules about objects, asked within the operation's transaction about the row that it loaded. */
export class Authorizer {
  readonly #open: EnforcerOpener;
  readonly #lookIntervalMs: number | undefined;
  readonly #enforcers = new Map<PolicyService, Enforcer>();

  /** @param open the defaults alone, unless given */
  constructor(open: EnforcerOpener = openDefaults, lookIntervalMs?: number) {
    this.#open = open;
    this.#lookIntervalMs = lookIntervalMs;
  }

  /** Whether the caller may. Also decides which objects the caller can see at all. */
  allows(context: RequestContext, service: PolicyService, rule: string, target: PolicyTarget): boolean {
    const credentials = service === 'identity' ? identityCredentials(context) : credentialsOf(context);
    return this.#enforcer(service).check(rule, target, credentials);
  }

  /** Throws PolicyNotAuthorized (403) unless the caller may. */
  authorize(context: RequestContext, service: PolicyService, rule: string, target: PolicyTarget): void {
    if (this.allows(context, service, rule, target)) return;
    throw new ExpectedError('PolicyNotAuthorized', `Policy doesn't allow ${rule} to be performed.`, { rule });
  }

  /** Reads the policy files anew; broken ones are logged and the rules before them stay. */
  reload(): void {
    for (const enforcer of this.#enforcers.values()) {
      try {
        enforcer.reload();
      } catch (error) {
        tellUnchanged(error);
      }
    }
  }

  /** Ends the looks at the policy files. */
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
