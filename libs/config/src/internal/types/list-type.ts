import { OptionTextError } from './option-type.js';
import type { OptionValue } from '../option-value.js';
import type { OptionType } from './option-type.js';

/**
 * Passes the parts of a comma separated text to `accept` one by one; a refused part is joined with the following one
 * and tried again, since a list does not know whether its items may contain commas (oslo_config.types.List).
 */
function joinUntilValid(pieces: readonly string[], accept: (piece: string) => void): void {
  for (let at = 0; at < pieces.length; at += 1) {
    let piece = pieces[at] ?? '';
    let firstError: OptionTextError | undefined;
    for (;;) {
      try {
        accept(piece);
        break;
      } catch (error) {
        if (!(error instanceof OptionTextError)) throw error;
        firstError ??= error;
        at += 1;
        const next = pieces[at];
        if (next === undefined) throw firstError;
        piece = `${piece},${next}`;
      }
    }
  }
}

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
        // `driver =` in a sample file means none, even if an empty text is not one of the choices.
        if (text === '' && error instanceof OptionTextError) return undefined;
        throw error;
      }
    },
    schema: () => ({ type: 'array', items: itemType.schema() }),
  };
}

/** The texts of a value, one per line for a multi-valued option. */
export function valueLines(type: OptionType, value: OptionValue): readonly string[] {
  if (value === undefined) return [];
  if (type.multi !== true) return [type.format(value)];
  return Array.isArray(value) ? value.map((item: OptionValue) => type.format(item)) : [];
}

interface DictConstraints {
  readonly valueType: OptionType;
  /** The text is enclosed in braces. */
  readonly bounds?: boolean;
  /** `:` as in oslo.config, unless set. */
  readonly separator?: string;
}

/** `key:value` pairs separated by commas; a key may appear once. */
export function dictType({ valueType, bounds = false, separator = ':' }: DictConstraints): OptionType {
  return {
    name: `dict of ${valueType.name}`,
    allowed: `${bounds ? 'in braces, ' : ''}comma separated key${separator}value pairs, each value ${valueType.allowed}`,
    parse(text) {
      let body = text.trim();
      if (bounds) {
        if (!body.startsWith('{') || !body.endsWith('}')) throw new OptionTextError();
        body = body.slice(1, -1);
      }
      const values = new Map<string, OptionValue>();
      if (body === '') return {};
      joinUntilValid(body.split(','), (pair) => {
        const at = pair.indexOf(separator);
        if (at < 0) throw new OptionTextError(`"${pair.trim()}" has no "${separator}"`);
        const value = valueType.parse(pair.slice(at + separator.length).trim());
        const key = pair.slice(0, at).trim();
        // Joining with the next part cures none of these faults, but oslo.config tries: same result.
        if (value === undefined) throw new OptionTextError(`the value of "${key}" is empty`);
        if (key === '') throw new OptionTextError('a key is empty');
        if (values.has(key)) throw new OptionTextError(`the key "${key}" is repeated`);
        values.set(key, value);
      });
      return Object.fromEntries(values);
    },
    format(value) {
      if (typeof value !== 'object') return '';
      const pairs = Object.entries(value).map(([key, part]) => `${key}${separator}${valueType.format(part)}`);
      return bounds ? `{${pairs.join(',')}}` : pairs.join(',');
    },
    schema: () => ({ type: 'object', additionalProperties: valueType.schema() }),
  };
}

interface ListConstraints {
  readonly itemType: OptionType;
  /** The text is enclosed in square brackets. */
  readonly bounds?: boolean;
  readonly minLength?: number;
  /** At least one of these is among the items. */
  readonly contains?: readonly string[];
}

/** Values separated by commas. A part that is not valid alone is joined with the next ones, as oslo.config does. */
export function listType({ itemType, bounds = false, minLength, contains }: ListConstraints): OptionType {
  const least = minLength === undefined ? '' : `at least ${minLength} of `;
  const contained = contains === undefined ? '' : `, with ${contains.join(' or ')} among them`;
  return {
    name: `list of ${itemType.name}`,
    allowed: `${bounds ? 'in square brackets, ' : ''}a comma separated list, ${least}each ${itemType.allowed}${contained}`,
    parse(text) {
      let body = text.trim().replace(/,+$/, '');
      if (bounds) {
        if (!body.startsWith('[') || !body.endsWith(']')) throw new OptionTextError();
        body = body.slice(1, -1);
      }
      const items: OptionValue[] = [];
      if (body !== '') {
        joinUntilValid(body.split(','), (piece) => {
          try {
            const item = itemType.parse(piece.trim());
            if (item === undefined) throw new OptionTextError('an item is empty');
            items.push(item);
          } catch (error) {
            if (!(error instanceof OptionTextError)) throw error;
            throw new OptionTextError(error.detail ?? `"${piece.trim()}" is not ${itemType.allowed}`);
          }
        });
      }
      if (minLength !== undefined && items.length < minLength) throw new OptionTextError();
      if (contains !== undefined && !items.some((item) => contains.some((one) => one === item)))
        throw new OptionTextError();
      return items;
    },
    format(value) {
      const body = Array.isArray(value) ? value.map((item: OptionValue) => itemType.format(item)).join(',') : '';
      return bounds ? `[${body}]` : body;
    },
    schema: () => ({
      type: 'array',
      items: itemType.schema(),
      ...(minLength !== undefined && { minItems: minLength }),
      ...(contains !== undefined && { contains: { enum: [...contains] } }),
    }),
  };
}
