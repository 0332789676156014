export { Enforcer } from './enforcer.js';
export type { EnforcerOptions, ListedRule } from './enforcer.js';
export { credentialsOf, identityCredentials } from './credentials.js';
export type { Credentials } from './credentials.js';
export { formatExplanation } from './enforcer.js';
export type { Explanation } from './enforcer.js';
export {
  InvalidScope,
  PolicyDefinitionError,
  PolicyError,
  PolicyNotAuthorized,
  PolicyNotRegistered,
  PolicySyntaxError,
} from './policy.errors.js';
export type { PolicyErrorCode, PolicyFault } from './policy.errors.js';
export { policyOpener } from './open-enforcer.js';
export type { EnforcerOpener } from './open-enforcer.js';
export { policySample } from './rule-rows.js';
export type { DeprecatedRule, Operation, RuleDefault, ScopeType } from './rule-rows.js';
export { flattenTarget, ownedTarget } from './target.js';
export type { PolicyTarget } from './target.js';
export {
  ADMIN,
  ANYBODY,
  NOBODY,
  PROJECT_MANAGER,
  PROJECT_MEMBER,
  PROJECT_READER,
  anyOf,
  baseRule,
  defineRules,
} from './rule-rows.js';
export type { RuleRow } from './rule-rows.js';
