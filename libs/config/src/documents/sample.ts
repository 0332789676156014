import type { OptionDeclaration, OptionGroupClass } from '../internal/declaration.js';
import type { ProgramDeclaration } from '../program-declaration.js';
import { wrap } from '../internal/help-text.js';
import { byGroup } from './grouping.js';
import { factsOf } from './option-facts.js';

const comment = (text: string): readonly string[] => wrap(text, 96).map((line) => `# ${line}`);

// Outer spaces would be lost in a file, and one pair of quotes is removed.
const quoted = (text: string): string => (/^\s|\s$|^(["']).*\1$/s.test(text) ? `"${text}"` : text);

function optionLines(option: OptionDeclaration, programs: readonly ProgramDeclaration[]): readonly string[] {
  const { defaultLines, notes } = factsOf(option, programs);
  const values = defaultLines.length === 0 ? [''] : defaultLines;
  return [
    ...comment(option.help),
    ...comment(`Allowed: ${option.type.allowed}.${option.type.multi === true ? ' May be repeated.' : ''}`),
    ...notes.flatMap(comment),
    ...values.map((value) => `#${option.name} = ${quoted(value)}`.trimEnd()),
    '',
  ];
}

/** A configuration file with every option and its default, all commented out; notes list the programs' own defaults. */
export function sampleFile(classes: readonly OptionGroupClass[], programs: readonly ProgramDeclaration[] = []): string {
  const lines = [
    '# Every option of Albireo with its default. Generated from the declarations: npm run generate.',
    '# A line that begins with "#" says nothing; take the sign away to set the option.',
    '# A value may name another option: $state_path, ${api.max_limit}; $$ is a dollar.',
    '',
  ];
  for (const { group, parts } of byGroup(classes)) {
    lines.push(`[${group}]`, '');
    for (const { help, options } of parts) {
      lines.push(`# --- ${help}`, '');
      for (const option of options) lines.push(...optionLines(option, programs));
    }
  }
  return `${lines.join('\n').trimEnd()}\n`;
}
