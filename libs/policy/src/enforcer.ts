import type { Credentials } from './credentials.js';
import type { PolicyTarget } from './target.js';
import type { Check } from './internal/check.js';
import { compileCheck } from './internal/compile.js';
import type { RuleSet } from './internal/rule-set.js';
import { formatCheck } from './internal/check.js';
import type { RegisteredRule } from './internal/effective-rules.js';
import { combineRules, registerDefaults } from './internal/effective-rules.js';
import { isTruthy } from './internal/matching.js';
import type { FileSources } from './internal/policy-file.js';
import { fingerprintOf, readPolicyFiles } from './internal/policy-file.js';
import { InvalidScope, PolicyNotAuthorized, PolicyNotRegistered } from './policy.errors.js';
import type { RuleDefault, ScopeType } from './rule-rows.js';

/** Why a rule allows or denies: the rule's tree with the verdict of each node, all nodes evaluated. */
export interface Explanation {
  /** The node as text: `rule:admin_only`, `and`, `role:admin`. */
  readonly text: string;
  readonly result: boolean;
  /** Further information about the verdict, such as the value in the target. */
  readonly note?: string;
  readonly children: readonly Explanation[];
}

/** Lines such as `  false  role:admin`, indented by depth. */
export function formatExplanation(node: Explanation, depth = 0): string[] {
  const note = node.note === undefined ? '' : `   (${node.note})`;
  const line = `${'  '.repeat(depth)}${node.result ? 'true ' : 'false'} ${node.text}${note}`;
  return [line, ...node.children.flatMap((child) => formatExplanation(child, depth + 1))];
}

/** Evaluates every node, including those that do not affect the verdict. */
function explainCheck(check: Check, rules: RuleSet, target: PolicyTarget, creds: Credentials): Explanation {
  const explain = (part: Check): Explanation => explainCheck(part, rules, target, creds);
  switch (check.op) {
    case 'always':
      return { text: '@', result: true, note: 'everybody', children: [] };
    case 'never':
      return { text: '!', result: false, note: 'nobody', children: [] };
    case 'and':
    case 'or': {
      const children = check.checks.map(explain);
      const result = check.op === 'and' ? children.every((node) => node.result) : children.some((node) => node.result);
      return { text: check.op, result, children };
    }
    case 'not': {
      const child = explain(check.check);
      return { text: 'not', result: !child.result, children: [child] };
    }
    case 'rule': {
      const found = rules.find(check.name);
      const text = `rule:${check.name}`;
      if (found === undefined) return { text, result: false, note: 'no such rule', children: [] };
      const child = explain(found.check);
      const note = found.name === check.name ? undefined : `not defined, so "${found.name}" is used`;
      return { text, result: child.result, ...(note === undefined ? {} : { note }), children: [child] };
    }
    default: {
      const result = compileCheck(check, () => undefined)(target, creds);
      const note = check.op === 'field' ? undefined : describeMatch(check.match(target), check.text);
      return { text: check.text, result, ...(note === undefined ? {} : { note }), children: [] };
    }
  }
}

function describeMatch(wanted: string | undefined, text: string): string | undefined {
  if (!text.includes('%')) return undefined;
  return wanted === undefined ? 'the target lacks the key' : `the target gives "${wanted}"`;
}

export interface EnforcerOptions {
  readonly defaults: readonly RuleDefault[];
  /** YAML or JSON; a missing file is a warning. @default none */
  readonly policyFile?: string | undefined;
  /** Folders whose files override the policy file, in order of name. @default [] */
  readonly policyDirs?: readonly string[];
  /** Instead of both, called at each check for changes: the places of the files may change. */
  readonly files?: () => FileSources;
  /** False: the deprecated checks are also accepted. @default true */
  readonly enforceNewDefaults?: boolean;
  /** False: a token of a scope that the rule does not name is also accepted. @default true */
  readonly enforceScope?: boolean;
  /** The rule used in place of one that does not exist. @default 'default' */
  readonly defaultRule?: string;
  /** Called for deprecated, missing and undefined rules at each load. @default ignored */
  readonly onWarning?: (message: string) => void;
}

const lookIntervalMs = 10_000;

/** One effective rule, for listings. */
export interface ListedRule {
  readonly name: string;
  readonly check: string;
  readonly source: 'default' | 'file';
}

/**
 * Decides what a caller may do, with oslo.policy's language, files and defaults. Rules are compiled at load; a check is
 * then a few comparisons and reads no file.
 * @throws PolicyDefinitionError from the constructor and `reload`, with all faults at once
 */
export class Enforcer {
  readonly #registered: ReadonlyMap<string, RegisteredRule>;
  readonly #sources: () => FileSources;
  readonly #options: { enforceNewDefaults: boolean; defaultRule: string };
  readonly #enforceScope: boolean;
  readonly #onWarning: (message: string) => void;
  #rules: RuleSet;
  #fingerprint = '';
  #poll: NodeJS.Timeout | undefined;

  constructor(options: EnforcerOptions) {
    this.#registered = registerDefaults(options.defaults);
    const { policyFile, policyDirs = [] } = options;
    this.#sources = options.files ?? (() => ({ policyFile, policyDirs }));
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
   * @throws PolicyNotAuthorized, InvalidScope (both 403 to a client), PolicyNotRegistered (a programming error)
   */
  authorize(rule: string, target: PolicyTarget, creds: Credentials): void {
    const registered = this.#registered.get(rule);
    if (registered === undefined) throw new PolicyNotRegistered(rule);
    const { scopeTypes } = registered.definition;
    const scope = scopeOf(creds);
    if (!this.#acceptsScope(scopeTypes, scope)) throw new InvalidScope(rule, scopeTypes ?? [], scope);
    if (this.#rules.verdict(rule)?.(target, creds) !== true) throw new PolicyNotAuthorized(rule);
  }

  /**
   * Returns only the verdict. For a rule that is neither registered nor in a file the default rule is used; if there is
   * none, access is denied.
   */
  check(rule: string, target: PolicyTarget, creds: Credentials): boolean {
    if (!this.#acceptsScope(this.#registered.get(rule)?.definition.scopeTypes, scopeOf(creds))) return false;
    return this.#rules.verdict(rule)?.(target, creds) === true;
  }

  /** The verdict with the tree of checks that led to it. */
  explain(rule: string, target: PolicyTarget, creds: Credentials): Explanation {
    const tree = explainCheck({ op: 'rule', name: rule }, this.#rules, target, creds);
    const scopeTypes = this.#registered.get(rule)?.definition.scopeTypes;
    const scope = scopeOf(creds);
    if (this.#acceptsScope(scopeTypes, scope)) return tree;
    const note = `takes ${(scopeTypes ?? []).join(' or ')} scope, the credentials have ${scope} scope`;
    return { text: `scope of ${rule}`, result: false, note, children: [tree] };
  }

  /** Every effective rule, by name. */
  list(): ListedRule[] {
    const rules = [...this.#rules.rules.values()];
    return rules
      .map(({ name, check, source }) => ({ name, check: formatCheck(check), source }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Reads the files again. On a fault it throws and the previous rules stay in effect. */
  reload(): void {
    this.#rules = this.#load();
  }

  /** Reloads if a file or folder has changed since the last load; returns whether it did. */
  reloadIfChanged(): boolean {
    if (fingerprintOf(this.#sources()) === this.#fingerprint) return false;
    this.reload();
    return true;
  }

  /**
   * Checks for changes every `intervalMs` (10 s) until `stop`; a file with faults is reported and the previous rules
   * stay in effect.
   */
  start(options: { readonly intervalMs?: number | undefined; readonly onError: (error: unknown) => void }): void {
    if (this.#poll !== undefined) return;
    this.#poll = setInterval(() => {
      try {
        this.reloadIfChanged();
      } catch (error) {
        options.onError(error);
      }
    }, options.intervalMs ?? lookIntervalMs);
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
    const files = readPolicyFiles(this.#sources());
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
