import { ExpectedError } from '#libs/contracts';
import { Enforcer, computeRules, credentialsOf, identityRules, imageRules, networkRules } from '#libs/policy';
import type { PolicyTarget, RuleDefault } from '#libs/policy';
import { getLogger } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';

const log = getLogger('albireo.policy');
const RELOAD_INTERVAL_MS = 10_000;

/** Whose rules: base rules such as `admin_or_owner` differ between the services. */
export type PolicyService = 'compute' | 'network' | 'identity' | 'image';

const rules: Readonly<Record<PolicyService, readonly RuleDefault[]>> = {
  compute: computeRules,
  network: networkRules,
  identity: identityRules,
  image: imageRules,
};

export interface AuthorizerSettings {
  /** [oslo_policy] policy_file. @default none */
  readonly policyFile?: string;
  readonly policyDirs?: readonly string[];
  readonly enforceNewDefaults?: boolean;
  readonly enforceScope?: boolean;
  readonly defaultRule?: string;
  /** How often changed files are looked for. @default 10 s */
  readonly reloadIntervalMs?: number;
}

/** The rules about objects, asked within the operation's transaction about the row that it loaded. */
export class Authorizer {
  readonly #settings: AuthorizerSettings;
  readonly #enforcers = new Map<PolicyService, Enforcer>();

  constructor(settings: AuthorizerSettings = {}) {
    this.#settings = settings;
  }

  /** Whether the caller may. Also decides which objects the caller can see at all. */
  allows(context: RequestContext, service: PolicyService, rule: string, target: PolicyTarget): boolean {
    return this.#enforcer(service).check(rule, target, credentialsOf(context));
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
      const onWarning = (message: string): void => log.warning(message);
      enforcer = new Enforcer({ ...this.#settings, defaults: rules[service], onWarning });
      enforcer.start({ intervalMs: this.#settings.reloadIntervalMs ?? RELOAD_INTERVAL_MS, onError: tellUnchanged });
      this.#enforcers.set(service, enforcer);
    }
    return enforcer;
  }
}

function tellUnchanged(error: unknown): void {
  log.error(`The policy is unchanged: ${error instanceof Error ? error.message : String(error)}`);
}
