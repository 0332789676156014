import { badRequest } from '../errors/glance-faults.js';

/**
 * The values of a filter: one, or several after `in:`, separated by commas. A value with a comma stands in double
 * quotes, inside which a backslash keeps the next character (glance.common.utils.split_filter_value_for_quotes).
 * Throws 400 for quotes that do not close.
 */
export function filterValues(name: string, text: string): readonly string[] {
  if (!text.startsWith('in:')) return [text];
  const values: string[] = [];
  let current = '';
  let quoted = false;
  for (let at = 3; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quoted && character === '\\' && at + 1 < text.length) {
      at += 1;
      current += text.charAt(at);
    } else if (character === '"') quoted = !quoted;
    else if (character === ',' && !quoted) {
      values.push(current);
      current = '';
    } else current += character;
  }
  if (quoted) throw badRequest(`Invalid filter value for ${name}: the quote is not closed.`);
  return [...values, current];
}
