import type { RuleDefault, DeprecatedRule, Operation, ScopeType } from './rule-default.js';

/** Text of a sample policy file: every rule, commented out, with what it guards (as oslopolicy-sample-generator). */
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

/** Check strings that the services' defaults are made of, under upstream's meaning. */
export const ADMIN = 'rule:context_is_admin';
export const ANYBODY = '@';
export const NOBODY = '!';
export const PROJECT_MANAGER = 'role:manager and project_id:%(project_id)s';
export const PROJECT_MEMBER = 'role:member and project_id:%(project_id)s';
export const PROJECT_READER = 'role:reader and project_id:%(project_id)s';

/** Joins checks by "or", each in brackets where it holds an "and". */
export function anyOf(...checks: readonly string[]): string {
  return checks.map((check) => (check.includes(' and ') ? `(${check})` : check)).join(' or ');
}

/** Base rule without operations of its own; others refer to it. */
export function baseRule(name: string, checkStr: string, description: string, old?: DeprecatedRule): RuleDefault {
  return { name, checkStr, description, ...(old === undefined ? {} : { deprecatedRule: old }) };
}

/** Row of a service's table: the operation is written `GET /servers`, several separated by commas. */
export type RuleRow = readonly [name: string, checkStr: string, description: string, operations: string];

/** Turns rows into registered defaults that all take the same scopes; an empty list is any. */
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
