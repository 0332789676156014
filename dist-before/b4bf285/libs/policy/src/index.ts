export { Enforcer } from './enforcer.js';
export type { EnforcerOptions, ListedRule } from './enforcer.js';
export { credentialsOf } from './credentials.js';
export type { Credentials } from './credentials.js';
export { formatExplanation } from './explanation.js';
export type { Explanation } from './explanation.js';
export {
  InvalidScope,
  PolicyDefinitionError,
  PolicyError,
  PolicyNotAuthorized,
  PolicyNotRegistered,
  PolicySyntaxError,
} from './policy.errors.js';
export type { PolicyErrorCode, PolicyFault } from './policy.errors.js';
export { policySample } from './policy-sample.js';
export type { DeprecatedRule, Operation, RuleDefault, ScopeType } from './rule-default.js';
export { computeRules } from './rules/compute.js';
export { identityRules } from './rules/identity.js';
export { imageRules } from './rules/image.js';
export { networkRules } from './rules/network.js';
export { flattenTarget, ownedTarget } from './target.js';
export type { PolicyTarget } from './target.js';
