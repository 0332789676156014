import type { OptionDeclaration } from './declaration.js';
import { displayValue, maskUrls } from './masking.js';
import type { OptionValue } from './option-value.js';

interface LoggedConfiguration {
  readonly argv: readonly string[];
  readonly configFiles: readonly string[];
  readonly entries: readonly { readonly option: OptionDeclaration; readonly value: OptionValue }[];
}

const list = (items: readonly string[]): string => `[${items.map((item) => `'${item}'`).join(', ')}]`;

/** Writes the block of oslo.config's `log_opt_values`, line by line. */
export function logOptionValues(configuration: LoggedConfiguration, write: (line: string) => void): void {
  const named = configuration.entries.map(({ option, value }) => ({
    isDefault: option.group === 'DEFAULT',
    label: option.group === 'DEFAULT' ? option.name : `${option.group}.${option.name}`,
    // Python's word for it, as in the logs that operators compare with.
    text: value === undefined ? 'None' : displayValue(option, value),
  }));
  const sorted = named.toSorted((left, right) => {
    if (left.isDefault !== right.isDefault) return left.isDefault ? -1 : 1;
    return left.label < right.label ? -1 : 1;
  });
  write('*'.repeat(80));
  write('Configuration options gathered from:');
  write(`command line args: ${maskUrls(list(configuration.argv))}`);
  write(`config files: ${list(configuration.configFiles)}`);
  write('='.repeat(80));
  for (const { label, text } of sorted) write(`${label.padEnd(30)} = ${text}`);
  write('*'.repeat(80));
}
