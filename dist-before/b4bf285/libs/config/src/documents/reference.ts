import type { OptionDeclaration, OptionGroupClass } from '../internal/declaration.js';
import type { ProgramDeclaration } from '../programs/program-declaration.js';
import { byGroup } from './grouping.js';
import { factsOf } from './option-facts.js';

function optionSection(option: OptionDeclaration, programs: readonly ProgramDeclaration[]): readonly string[] {
  const { defaultLines, isComputed, notes, variable, flag } = factsOf(option, programs);
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

function programTable(programs: readonly ProgramDeclaration[]): readonly string[] {
  if (programs.length === 0) return [];
  const settings = ({ defaults }: ProgramDeclaration): readonly string[] =>
    Object.entries(defaults).flatMap(([group, values]) => Object.keys(values).map((name) => `${group}.${name}`));
  const cell = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ') || 'none';
  return [
    '## Programs',
    '',
    '| program | what it runs | defaults of its own | required |',
    '|---|---|---|---|',
    ...programs.map(
      (program) =>
        `| \`${program.name}\` | ${program.summary} | ${cell(settings(program))} | ${cell(program.required)} |`,
    ),
    '',
  ];
}

/** The reference page of the programs and all options, in Markdown. */
export function referencePage(
  classes: readonly OptionGroupClass[],
  programs: readonly ProgramDeclaration[] = [],
): string {
  const groups = byGroup(classes);
  const lines = [
    '# Option reference',
    '',
    'Generated from the declarations in `libs/config/src/groups` by `npm run generate`. How options are set: see',
    '[configuration](configuration.md).',
    '',
    `Groups: ${groups.map(({ group }) => `[${group}](#${group.toLowerCase()})`).join(', ')}`,
    '',
    ...programTable(programs),
  ];
  for (const { group, parts } of groups) {
    lines.push(`## ${group}`, '');
    for (const { help, options } of parts) {
      lines.push(`### ${help.replace(/\.$/, '')}`, '');
      for (const option of options) lines.push(...optionSection(option, programs));
    }
  }
  return `${lines.join('\n').trimEnd()}\n`;
}
