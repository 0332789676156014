import { policyRules } from '#libs/contracts';
import { policySample } from '#libs/policy';

/** Every registered rule, commented out: a start for a `policy.yaml`. */
export function wholePolicySample(): string {
  const parts = Object.entries(policyRules).map(
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
  for (const [service, rules] of Object.entries(policyRules)) {
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
