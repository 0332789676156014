/** What a token may be scoped to. A rule that names scopes refuses every other token (oslo.policy's scope_types). */
export type ScopeType = 'system' | 'domain' | 'project';

/** One HTTP operation that a rule guards, for samples and documents; it plays no part in a verdict. */
export interface Operation {
  readonly method: string;
  readonly path: string;
}

/** The rule that a newer one replaces: its old check is OR-ed in while new defaults are not enforced. */
export interface DeprecatedRule {
  readonly name: string;
  readonly checkStr: string;
  readonly reason?: string;
  readonly since?: string;
}

/**
 * A policy that the product registers in code, as oslo.policy's `RuleDefault` and `DocumentedRuleDefault`.
 * @example { name: 'get_network', checkStr: 'rule:admin_only or rule:shared', description: 'Show a network' }
 */
export interface RuleDefault {
  readonly name: string;
  /** oslo.policy's language; the empty string allows everybody. */
  readonly checkStr: string;
  readonly description: string;
  /** @default [] */
  readonly operations?: readonly Operation[];
  /** @default any scope */
  readonly scopeTypes?: readonly ScopeType[];
  readonly deprecatedRule?: DeprecatedRule;
}
