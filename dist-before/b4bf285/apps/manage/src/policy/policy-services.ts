import { existsSync } from 'node:fs';
import { PolicyOptions } from '#libs/config';
import type { Configuration } from '#libs/config';
import { Enforcer, computeRules, identityRules, imageRules, networkRules, policySample } from '#libs/policy';
import type { RuleDefault } from '#libs/policy';
import { besideConfiguration } from '../../../gateway/src/edge/beside-configuration.js';

/** The registered rules of each service, by the name of its API. */
export const POLICY_SERVICES: Readonly<Record<string, readonly RuleDefault[]>> = {
  identity: identityRules,
  compute: computeRules,
  image: imageRules,
  network: networkRules,
};

/** The rules of one service as they are in force with the operator's files. Throws PolicyDefinitionError. */
export function openEnforcer(
  service: string,
  config: Configuration,
  onWarning: (message: string) => void = () => undefined,
): Enforcer {
  const options = config.get(PolicyOptions);
  const dirs = options.policyDirs.map((dir) => besideConfiguration(dir, config));
  return new Enforcer({
    defaults: POLICY_SERVICES[service] ?? [],
    policyFile: besideConfiguration(options.policyFile, config),
    policyDirs: dirs.filter((dir) => dir !== undefined && existsSync(dir)).filter((dir) => dir !== undefined),
    enforceNewDefaults: options.enforceNewDefaults,
    enforceScope: options.enforceScope,
    defaultRule: options.policyDefaultRule,
    onWarning,
  });
}

/** Every registered rule, commented out: what `policy.yaml` may begin with. */
export function wholePolicySample(): string {
  const parts = Object.entries(POLICY_SERVICES).map(
    ([service, rules]) => `# ---- ${service} ----\n\n${policySample(rules)}`,
  );
  return `# Rules of Albireo's policy with their defaults. A line without "#" replaces the default.\n\n${parts.join('\n')}`;
}

/** The reference page of all rules, Markdown. */
export function policyReference(): string {
  const lines = [
    '# Policy reference',
    '',
    'Every rule with its default. Made by `npm run generate`; see [Policy](policy.md).',
  ];
  for (const [service, rules] of Object.entries(POLICY_SERVICES)) {
    lines.push('', `## ${service}`, '', '| rule | default | scopes | what it guards |', '|---|---|---|---|');
    for (const { name, checkStr, description, operations = [], scopeTypes } of rules) {
      const guards = operations.map(({ method, path }) => `\`${method} ${path}\``).join(', ');
      const check = checkStr === '' ? '(anybody)' : `\`${checkStr.replaceAll('|', '\\|')}\``;
      const scopes = scopeTypes === undefined ? 'any' : scopeTypes.join(', ');
      lines.push(`| \`${name}\` | ${check} | ${scopes} | ${description}${guards === '' ? '' : `: ${guards}`} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}
