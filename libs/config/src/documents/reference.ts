import type { OptionDeclaration, OptionGroupClass } from '../internal/declaration.js';
import { byGroup } from './grouping.js';
import { factsOf } from './option-facts.js';

function optionSection(option: OptionDeclaration): readonly string[] {
  const { defaultLines, isComputed, notes, variable, flag } = factsOf(option);
  const shown = defaultLines.map((line) => (isComputed ? line : `\`${line === '' ? "''" : line}\``));
  const defaults = shown.length > 1 ? shown.map((line) => `\n  - ${line}`).join('') : ` ${shown[0] ?? 'unset'}`;
  return [
    `#### \`${option.name}\``,
    '',
    option.help.replaceAll('<', '&lt;'),
    '',
    `- Type: ${option.type.name}; allowed: ${option.type.allowed.replaceAll('|', '\\|')}`,
    `- Default:${defaults.replaceAll('<', '&lt;')}`,
    `- Environment: \`${variable}\`${flag === undefined ? '' : `; command line: \`${flag}\``}`,
    ...notes.map((note) => `- ${note.replaceAll('*', '\\*')}`),
    '',
  ];
}

/** The reference page of all options, in Markdown. */
export function referencePage(classes: readonly OptionGroupClass[]): string {
  const groups = byGroup(classes);
  const lines = [
    '# Option reference',
    '',
    'Generated from the declarations in `libs/config/src/groups` by `npm run generate`. How options are set: see',
    '[configuration](configuration.md).',
    '',
    `Groups: ${groups.map(({ group }) => `[${group}](#${group.toLowerCase()})`).join(', ')}`,
    '',
  ];
  for (const { group, parts } of groups) {
    lines.push(`## ${group}`, '');
    for (const { help, options } of parts) {
      lines.push(`### ${help.replace(/\.$/, '')}`, '');
      for (const option of options) lines.push(...optionSection(option));
    }
  }
  return `${lines.join('\n').trimEnd()}\n`;
}
