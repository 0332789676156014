import type { OptionValue } from '../option-value.js';
import type { OptionType } from './option-type.js';
import { OptionTextError } from './option-type.js';

/** Marks a type as multi-valued: each line adds one value. `parse` and `format` are those of one value. */
export function multiType(itemType: OptionType): OptionType {
  return {
    ...itemType,
    name: `multi-valued ${itemType.name}`,
    multi: true,
    parse(text) {
      try {
        return itemType.parse(text);
      } catch (error) {
        // `driver =` in a sample file means none, also where an empty text is no choice.
        if (text === '' && error instanceof OptionTextError) return undefined;
        throw error;
      }
    },
    schema: () => ({ type: 'array', items: itemType.schema() }),
  };
}

/** The texts of a value, one a line for a multi-valued option. */
export function valueLines(type: OptionType, value: OptionValue): readonly string[] {
  if (value === undefined) return [];
  if (type.multi !== true) return [type.format(value)];
  return Array.isArray(value) ? value.map((item: OptionValue) => type.format(item)) : [];
}
