import type { DeprecatedRule, Operation, RuleDefault, ScopeType } from '../rule-default.js';

/** Check strings that the services' defaults are made of, under upstream's meaning. */
export const ADMIN = 'rule:context_is_admin';
export const ANYBODY = '@';
export const NOBODY = '!';
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

/** Turns rows into registered defaults that all take the same scopes. */
export function defineRules(scopeTypes: readonly ScopeType[], rows: readonly RuleRow[]): RuleDefault[] {
  return rows.map(([name, checkStr, description, operations]) => ({
    name,
    checkStr,
    description,
    operations: parseOperations(operations),
    scopeTypes,
  }));
}

function parseOperations(text: string): Operation[] {
  return text.split(', ').map((operation) => {
    const space = operation.indexOf(' ');
    return { method: operation.slice(0, space), path: operation.slice(space + 1) };
  });
}
