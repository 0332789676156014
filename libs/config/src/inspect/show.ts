import type { Configuration } from '../configuration.js';
import { displayValue, maskUrls } from '../internal/masking.js';
import { valueLines } from '../internal/types/list-type.js';

/** The effective values as a configuration file, secrets masked; unset options are commented out. */
export function showConfiguration(config: Configuration): readonly string[] {
  const entries = config.entries();
  const names = [...new Set(entries.map(({ option }) => option.group))].toSorted((left, right) => {
    if (left === 'DEFAULT' || right === 'DEFAULT') return left === 'DEFAULT' ? -1 : 1;
    return left < right ? -1 : 1;
  });
  return names.flatMap((group) => {
    const ofGroup = entries.filter(({ option }) => option.group === group);
    const lines = ofGroup.flatMap(({ option, value }) => {
      if (value === undefined) return [`#${option.name} =`];
      // One line per value, and none of it unmasked when the option is secret.
      if (option.secret === true || option.type.multi !== true) {
        return [`${option.name} = ${displayValue(option, value)}`.trimEnd()];
      }
      return valueLines(option.type, value).map((line) => `${option.name} = ${maskUrls(line)}`);
    });
    return [`[${group}]`, ...lines, ''];
  });
}
