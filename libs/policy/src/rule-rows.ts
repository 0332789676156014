/** The possible scopes of a token. A rule that names scopes refuses every other token (oslo.policy's scope_types). */
export type ScopeType = 'system' | 'domain' | 'project';

/** One HTTP operation that a rule protects, for samples and documents; it does not affect a verdict. */
export interface Operation {
  readonly method: string;
  readonly path: string;
}

/** The rule that a newer one replaces: its old check is also accepted (OR) while new defaults are not enforced. */
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
  /** oslo.policy's language; the empty string allows every caller. */
  readonly checkStr: string;
  readonly description: string;
  /** @default [] */
  readonly operations?: readonly Operation[];
  /** @default any scope */
  readonly scopeTypes?: readonly ScopeType[];
  readonly deprecatedRule?: DeprecatedRule;
}

/**
 * Text of a sample policy file: every rule, commented out, with the operations that it protects (as
 * oslopolicy-sample-generator).
 */
export function policySample(rules: readonly RuleDefault[]): string {
  return rules.map(sampleOf).join('\n');
}

function sampleOf(rule: RuleDefault): string {
  const lines = [`# ${rule.description}`];
  for (const { method, path } of rule.operations ?? []) lines.push(`# ${method}  ${path}`);
  if (rule.scopeTypes !== undefined) lines.push(`# Intended scope(s): ${rule.scopeTypes.join(', ')}`);
  lines.push(`#${JSON.stringify(rule.name)}: ${JSON.stringify(rule.checkStr)}`, '');
  return lines.join('\n');
}

/** Check strings used in the services' defaults, with upstream's meaning. */
export const ADMIN = 'rule:context_is_admin';
export const ANYBODY = '@';
export const NOBODY = '!';
export const PROJECT_MANAGER = 'role:manager and project_id:%(project_id)s';
export const PROJECT_MEMBER = 'role:member and project_id:%(project_id)s';
export const PROJECT_READER = 'role:reader and project_id:%(project_id)s';

/** Joins checks by "or", each in brackets if it contains an "and". */
export function anyOf(...checks: readonly string[]): string {
  return checks.map((check) => (check.includes(' and ') ? `(${check})` : check)).join(' or ');
}

/** Base rule without operations of its own; others refer to it. */
export function baseRule(name: string, checkStr: string, description: string, old?: DeprecatedRule): RuleDefault {
  return { name, checkStr, description, ...(old === undefined ? {} : { deprecatedRule: old }) };
}

/** Row of a service's table: the operation is written `GET /servers`, several are separated by commas. */
export type RuleRow = readonly [name: string, checkStr: string, description: string, operations: string];

/** Turns rows into registered defaults that all accept the same scopes; an empty list accepts any scope. */
export function defineRules(scopeTypes: readonly ScopeType[], rows: readonly RuleRow[]): RuleDefault[] {
  return rows.map(([name, checkStr, description, operations]) => ({
    name,
    checkStr,
    description,
    operations: parseOperations(operations),
    ...(scopeTypes.length === 0 ? {} : { scopeTypes }),
  }));
}

function parseOperations(text: string): Operation[] {
  return text.split(', ').map((operation) => {
    const space = operation.indexOf(' ');
    return { method: operation.slice(0, space), path: operation.slice(space + 1) };
  });
}
