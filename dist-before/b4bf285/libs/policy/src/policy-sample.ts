import type { RuleDefault } from './rule-default.js';

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
