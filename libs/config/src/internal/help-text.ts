import type { OptionDeclaration } from './declaration.js';
import { flagOf } from './sources/command-line.js';
import type { OptionTable } from './option-table.js';

function row(flags: string, help: string): string {
  const left = `  ${flags}`;
  const lines = wrap(help, 70);
  const rest = lines.map((line) => `${' '.repeat(28)}${line}`);
  if (left.length > 26) return [left, ...rest].join('\n');
  return [`${left.padEnd(28)}${lines[0] ?? ''}`, ...rest.slice(1)].join('\n');
}

function optionRow(option: OptionDeclaration): string {
  const flag = flagOf(option);
  const short = option.short === undefined ? '' : `-${option.short}, `;
  if (option.type.name === 'boolean') return row(`${short}${flag}, ${flag.replace('--', '--no-')}`, option.help);
  return row(`${short}${flag} ${option.name.toUpperCase()}`, option.help);
}

/** Breaks a text into lines of at most `width` characters; longer words stay whole. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** The output of `--help`: the flags only; the reference page has all the options. */
export function helpText(program: string, summary: string | undefined, table: OptionTable): string {
  const options = table.options.filter((option) => option.cli === true);
  return [
    `usage: ${program} [options]`,
    ...(summary === undefined ? [] : ['', summary]),
    '',
    'options:',
    row('-h, --help', 'Show this text and exit.'),
    row('--version', 'Show the version and exit.'),
    row('--config-file PATH', 'Read this configuration file; may be repeated, a later file wins.'),
    row(
      '--config-dir PATH',
      'Read all *.conf files of this directory, sorted by name, after the files; may be repeated.',
    ),
    row('--require-config', 'Refuse to start when no configuration file is found.'),
    ...options.toSorted((left, right) => (flagOf(left) < flagOf(right) ? -1 : 1)).map(optionRow),
    '',
    'Each option can also be set by the environment: OS_<GROUP>__<OPTION>, as OS_DEFAULT__DEBUG=true.',
    '',
  ].join('\n');
}
