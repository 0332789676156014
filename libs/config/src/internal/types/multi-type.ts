import type { OptionValue } from '../option-value.js';
import type { OptionType } from './option-type.js';

/** Marks a type as multi-valued: each line adds one value. `parse` and `format` are those of one value. */
export function multiType(itemType: OptionType): OptionType {
  return {
    ...itemType,
    name: `multi-valued ${itemType.name}`,
    multi: true,
    schema: () => ({ type: 'array', items: itemType.schema() }),
  };
}

/** The texts of a value, one a line for a multi-valued option. */
export function valueLines(type: OptionType, value: OptionValue): readonly string[] {
  if (value === undefined) return [];
  if (type.multi !== true) return [type.format(value)];
  return Array.isArray(value) ? value.map((item: OptionValue) => type.format(item)) : [];
}
