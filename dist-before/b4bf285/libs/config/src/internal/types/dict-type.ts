import type { OptionValue } from '../option-value.js';
import { joinUntilValid } from './join-until-valid.js';
import type { OptionType } from './option-type.js';
import { OptionTextError } from './option-type.js';

export interface DictConstraints {
  readonly valueType: OptionType;
  /** The text stands in braces. */
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
        // None of these is cured by joining with the next piece, but oslo.config tries: same result.
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
