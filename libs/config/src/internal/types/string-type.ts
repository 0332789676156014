import type { OptionType } from './option-type.js';
import { OptionTextError } from './option-type.js';

export interface StringConstraints {
  /** The only permitted values. Excludes `regex`. */
  readonly choices?: readonly string[];
  /** Unanchored, as oslo.config's. */
  readonly regex?: RegExp;
  readonly ignoreCase?: boolean;
  /** In characters (code points, as in Python and JSON Schema). */
  readonly maxLength?: number;
}

function describe({ choices, regex, maxLength }: StringConstraints): string {
  if (choices !== undefined) return `one of ${choices.map((choice) => choice || "''").join(', ')}`;
  const parts = ['a string'];
  if (regex !== undefined) parts.push(`that matches ${regex.source}`);
  if (maxLength !== undefined) parts.push(`of at most ${maxLength} characters`);
  return parts.join(' ');
}

/** A text, optionally one of several, or restricted by a pattern or a length. */
export function stringType(constraints: StringConstraints = {}): OptionType {
  const { choices, maxLength } = constraints;
  const regex =
    constraints.regex && constraints.ignoreCase === true
      ? new RegExp(constraints.regex.source, `${constraints.regex.flags.replace('i', '')}i`)
      : constraints.regex;
  const fold = (text: string): string => (constraints.ignoreCase === true ? text.toLowerCase() : text);
  const folded = choices && new Set(choices.map(fold));
  return {
    name: 'string',
    allowed: describe(constraints),
    parse(text) {
      const length = maxLength === undefined ? 0 : Array.from(text).length;
      if (maxLength !== undefined && length > maxLength) throw new OptionTextError(`it has ${length} characters`);
      if (regex !== undefined && text.search(regex) < 0) throw new OptionTextError();
      if (folded !== undefined && !folded.has(fold(text))) throw new OptionTextError();
      return text;
    },
    format: String,
    schema: () => ({
      type: 'string',
      ...(choices && constraints.ignoreCase !== true && { enum: [...choices] }),
      ...(regex && { pattern: regex.source }),
      ...(maxLength !== undefined && { maxLength }),
    }),
  };
}
