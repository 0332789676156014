import type { Credentials } from './credentials.js';
import type { Explanation } from './explanation.js';
import { formatCheck } from './internal/check.js';
import type { RegisteredRule } from './internal/effective-rules.js';
import { combineRules, registerDefaults } from './internal/effective-rules.js';
import { explainCheck } from './internal/explain.js';
import { isTruthy } from './internal/matching.js';
import type { FileSources } from './internal/policy-file.js';
import { fingerprintOf, readPolicyFiles } from './internal/policy-file.js';
import type { RuleSet } from './internal/rule-set.js';
import { InvalidScope, PolicyNotAuthorized, PolicyNotRegistered } from './policy.errors.js';
import type { RuleDefault, ScopeType } from './rule-default.js';
import type { PolicyTarget } from './target.js';

export interface EnforcerOptions {
  readonly defaults: readonly RuleDefault[];
  /** YAML or JSON; one that does not exist is a warning. @default none */
  readonly policyFile?: string | undefined;
  /** Folders whose files are laid over the policy file, by name. @default [] */
  readonly policyDirs?: readonly string[];
  /** False lets the deprecated checks pass too. @default true */
  readonly enforceNewDefaults?: boolean;
  /** False lets a token of a scope that the rule does not name pass too. @default true */
  readonly enforceScope?: boolean;
  /** The rule used in place of one that does not exist. @default 'default' */
  readonly defaultRule?: string;
  /** Told of deprecated, missing and undefined rules at each load. @default ignored */
  readonly onWarning?: (message: string) => void;
}

/** One rule as it is in force, for listings. */
export interface ListedRule {
  readonly name: string;
  readonly check: string;
  readonly source: 'default' | 'file';
}

/**
 * Decides what a caller may do, with oslo.policy's language, files and defaults. Rules are compiled at load; a
 * question is then a few comparisons and touches no file.
 * @throws PolicyDefinitionError from the constructor and `reload`, with all faults at once
 */
export class Enforcer {
  readonly #registered: ReadonlyMap<string, RegisteredRule>;
  readonly #sources: FileSources;
  readonly #options: { enforceNewDefaults: boolean; defaultRule: string };
  readonly #enforceScope: boolean;
  readonly #onWarning: (message: string) => void;
  #rules: RuleSet;
  #fingerprint = '';
  #poll: NodeJS.Timeout | undefined;

  constructor(options: EnforcerOptions) {
    this.#registered = registerDefaults(options.defaults);
    this.#sources = { policyFile: options.policyFile, policyDirs: options.policyDirs ?? [] };
    this.#options = {
      enforceNewDefaults: options.enforceNewDefaults ?? true,
      defaultRule: options.defaultRule ?? 'default',
    };
    this.#enforceScope = options.enforceScope ?? true;
    this.#onWarning = options.onWarning ?? (() => undefined);
    this.#rules = this.#load();
  }

  /**
   * Passes or throws.
   * @throws PolicyNotAuthorized, InvalidScope (both 403 to a client), PolicyNotRegistered (our mistake)
   */
  authorize(rule: string, target: PolicyTarget, creds: Credentials): void {
    const registered = this.#registered.get(rule);
    if (registered === undefined) throw new PolicyNotRegistered(rule);
    const { scopeTypes } = registered.definition;
    const scope = scopeOf(creds);
    if (!this.#acceptsScope(scopeTypes, scope)) throw new InvalidScope(rule, scopeTypes ?? [], scope);
    if (this.#rules.verdict(rule)?.(target, creds) !== true) throw new PolicyNotAuthorized(rule);
  }

  /** The verdict alone. A rule that is neither registered nor in a file is the default rule's, else denied. */
  check(rule: string, target: PolicyTarget, creds: Credentials): boolean {
    if (!this.#acceptsScope(this.#registered.get(rule)?.definition.scopeTypes, scopeOf(creds))) return false;
    return this.#rules.verdict(rule)?.(target, creds) === true;
  }

  /** The verdict with the tree of checks behind it. */
  explain(rule: string, target: PolicyTarget, creds: Credentials): Explanation {
    const tree = explainCheck({ op: 'rule', name: rule }, this.#rules, target, creds);
    const scopeTypes = this.#registered.get(rule)?.definition.scopeTypes;
    const scope = scopeOf(creds);
    if (this.#acceptsScope(scopeTypes, scope)) return tree;
    const note = `takes ${(scopeTypes ?? []).join(' or ')} scope, the credentials have ${scope} scope`;
    return { text: `scope of ${rule}`, result: false, note, children: [tree] };
  }

  /** Every rule in force, by name. */
  list(): ListedRule[] {
    const rules = [...this.#rules.rules.values()];
    return rules
      .map(({ name, check, source }) => ({ name, check: formatCheck(check), source }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Reads the files again. On a fault it throws and the rules before it stay in force. */
  reload(): void {
    this.#rules = this.#load();
  }

  /** Reloads if a file or folder has changed since the last load; says whether it did. */
  reloadIfChanged(): boolean {
    if (fingerprintOf(this.#sources) === this.#fingerprint) return false;
    this.reload();
    return true;
  }

  /** Polls for changes until `stop`; a file with faults is reported and the rules before it stay in force. */
  start(options: { readonly intervalMs: number; readonly onError: (error: unknown) => void }): void {
    if (this.#poll !== undefined) return;
    this.#poll = setInterval(() => {
      try {
        this.reloadIfChanged();
      } catch (error) {
        options.onError(error);
      }
    }, options.intervalMs);
    this.#poll.unref();
  }

  stop(): void {
    clearInterval(this.#poll);
    this.#poll = undefined;
  }

  #acceptsScope(scopeTypes: readonly ScopeType[] | undefined, scope: ScopeType): boolean {
    if (!this.#enforceScope || scopeTypes === undefined || scopeTypes.length === 0) return true;
    return scopeTypes.includes(scope);
  }

  #load(): RuleSet {
    const files = readPolicyFiles(this.#sources);
    // Remembered even when the load fails, so that a faulty file is reported once, not at every poll.
    this.#fingerprint = files.fingerprint;
    const { ruleSet, warnings } = combineRules(this.#registered, files, this.#options);
    for (const warning of warnings) this.#onWarning(warning);
    return ruleSet;
  }
}

function scopeOf(creds: Credentials): ScopeType {
  if (isTruthy(creds['system_scope']) || isTruthy(creds['system'])) return 'system';
  return isTruthy(creds['domain_id']) ? 'domain' : 'project';
}
