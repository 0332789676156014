import type { OptionType } from './option-type.js';
import { OptionTextError } from './option-type.js';

const words = new Map<string, boolean>([
  ...['true', '1', 'on', 'yes'].map((word): [string, boolean] => [word, true]),
  ...['false', '0', 'off', 'no'].map((word): [string, boolean] => [word, false]),
]);

/** true, 1, on, yes, false, 0, off, no; any case. */
export const booleanType: OptionType = {
  name: 'boolean',
  allowed: 'true or false (also 1, on, yes, 0, off, no)',
  parse(text) {
    const value = words.get(text.toLowerCase());
    if (value === undefined) throw new OptionTextError();
    return value;
  },
  format: String,
  schema: () => ({ type: 'boolean' }),
};
