import type { PolicyFault } from '../policy.errors.js';
import { PolicyDefinitionError, PolicySyntaxError } from '../policy.errors.js';
import type { RuleDefault } from '../rule-rows.js';
import type { Check } from './check.js';
import { formatCheck } from './check.js';
import { parseRule } from './parse-rule.js';
import type { FileRules } from './policy-file.js';
import type { EffectiveRule } from './rule-set.js';
import { RuleSet, findCycles, referencedRules } from './rule-set.js';

/** A registered rule with its texts parsed. */
export interface RegisteredRule {
  readonly definition: RuleDefault;
  readonly check: Check;
  readonly deprecatedCheck: Check | undefined;
}

/** @throws PolicyDefinitionError with every rule that is defined twice or cannot be parsed */
export function registerDefaults(defaults: readonly RuleDefault[]): ReadonlyMap<string, RegisteredRule> {
  const registered = new Map<string, RegisteredRule>();
  const faults: PolicyFault[] = [];
  for (const definition of defaults) {
    const { name, checkStr, deprecatedRule } = definition;
    if (registered.has(name)) {
      faults.push({ rule: name, message: 'is registered twice' });
      continue;
    }
    try {
      const deprecatedCheck = deprecatedRule === undefined ? undefined : parseRule(deprecatedRule.checkStr);
      registered.set(name, { definition, check: parseRule(checkStr), deprecatedCheck });
    } catch (error) {
      if (!(error instanceof PolicySyntaxError)) throw error;
      faults.push({ rule: name, message: error.message });
    }
  }
  if (faults.length > 0) throw new PolicyDefinitionError(faults);
  return registered;
}

export interface EffectiveRules {
  readonly ruleSet: RuleSet;
  readonly warnings: readonly string[];
}

/**
 * Overrides the registered defaults with the rules of the files, as oslo_policy.policy.Enforcer.load_rules does.
 * @throws PolicyDefinitionError with all faults of the files and all cycles of rules
 */
export function combineRules(
  registered: ReadonlyMap<string, RegisteredRule>,
  files: FileRules,
  options: { readonly enforceNewDefaults: boolean; readonly defaultRule: string },
): EffectiveRules {
  const rules = new Map<string, EffectiveRule>(files.rules);
  const warnings = [...files.warnings];
  for (const rule of registered.values()) {
    const { name } = rule.definition;
    if (rules.has(name)) continue;
    rules.set(name, { name, ...effectiveDefault(rule, files, options.enforceNewDefaults, warnings) });
  }
  const faults = [...files.faults, ...findCycles(rules, options.defaultRule)];
  if (faults.length > 0) throw new PolicyDefinitionError(faults);
  warnings.push(...undefinedReferences(rules, options.defaultRule));
  return { ruleSet: new RuleSet(rules, options.defaultRule), warnings };
}

function effectiveDefault(
  rule: RegisteredRule,
  files: FileRules,
  enforceNewDefaults: boolean,
  warnings: string[],
): Pick<EffectiveRule, 'check' | 'source'> {
  const { definition, check, deprecatedCheck } = rule;
  const old = definition.deprecatedRule;
  if (old === undefined || deprecatedCheck === undefined) return { check, source: 'default' };
  const override = old.name === definition.name ? undefined : files.rules.get(old.name);
  if (override !== undefined) {
    const since = old.since === undefined ? '' : ` since ${old.since}`;
    warnings.push(
      `policy "${old.name}" (${override.file}:${override.line}) is deprecated${since}: use "${definition.name}" instead`,
    );
    // In a sample file the old name may refer to the new one; using that rule would make a cycle.
    if (formatCheck(override.check) !== `rule:${definition.name}`) return { check: override.check, source: 'file' };
  }
  if (enforceNewDefaults || old.checkStr === definition.checkStr) return { check, source: 'default' };
  return { check: { op: 'or', checks: [check, deprecatedCheck] }, source: 'default' };
}

function undefinedReferences(rules: ReadonlyMap<string, EffectiveRule>, defaultRule: string): string[] {
  const warnings: string[] = [];
  for (const { name, check, file, line } of rules.values()) {
    for (const other of referencedRules(check)) {
      if (rules.has(other)) continue;
      const place = file === undefined ? '' : `${file}:${line}: `;
      const effect = rules.has(defaultRule) ? `"${defaultRule}" is used in its place` : 'it denies';
      warnings.push(`${place}policy "${name}" refers to rule "${other}", which is not defined: ${effect}`);
    }
  }
  return warnings;
}
