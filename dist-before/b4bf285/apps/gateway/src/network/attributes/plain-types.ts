import type { AttributeType } from './attribute.js';
import { shownValue } from './shown-value.js';

const uuidPattern = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** A text of at most `longest` characters. The database cannot hold NUL, so it is refused here. */
export function text(longest: number): AttributeType {
  return {
    refuse: (value) => {
      if (typeof value !== 'string') return `${shownValue(value)} is not a valid string`;
      if (value.includes('\0')) return `${shownValue(value)} contains a NUL character`;
      if (value.length > longest) return `${shownValue(value)} exceeds maximum length of ${longest}`;
      return undefined;
    },
  };
}

/** `null` as another way to say the empty text. */
export function textOrNull(longest: number): AttributeType {
  return { ...text(longest), convert: (value) => value ?? '' };
}

const truths: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [true, true],
  [1, true],
  ['true', true],
  ['1', true],
  [false, false],
  [0, false],
  ['false', false],
  ['0', false],
]);

/** The boolean that a client wrote as `true`, `"True"`, `1` or `"1"`; anything else comes back as it was. */
export function toBoolean(value: unknown): unknown {
  return truths.get(typeof value === 'string' ? value.toLowerCase() : value) ?? value;
}

export const flag: AttributeType = {
  convert: toBoolean,
  refuse: (value) => (typeof value === 'boolean' ? undefined : `${shownValue(value)} cannot be converted to boolean`),
};

/** The whole number that a client wrote as `7` or `"7"`; anything else comes back as it was. */
export function toWholeNumber(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value.trim()) ? Number(value) : value;
}

/** A whole number within bounds, both included. */
export function whole(least: number, most: number): AttributeType {
  return {
    convert: toWholeNumber,
    refuse: (value) => {
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) return `${shownValue(value)} is not an integer`;
      if (value < least) return `'${value}' is too small - must be at least '${least}'`;
      if (value > most) return `'${value}' is too large - must be no larger than '${most}'`;
      return undefined;
    },
  };
}

/** One of a few values. */
export function oneOf(values: readonly unknown[], convert?: (value: unknown) => unknown): AttributeType {
  return {
    ...(convert === undefined ? {} : { convert }),
    refuse: (value) =>
      values.includes(value) ? undefined : `${shownValue(value)} is not in [${values.map(shownValue).join(', ')}]`,
  };
}

export const uuid: AttributeType = {
  refuse: (value) =>
    typeof value === 'string' && uuidPattern.test(value) ? undefined : `${shownValue(value)} is not a valid UUID`,
};

/** A JSON object; null means an empty one. */
export const dictionary: AttributeType = {
  convert: (value) => value ?? {},
  refuse: (value) => (isRecord(value) ? undefined : `${shownValue(value)} is not a dictionary`),
};

/** Lets null through before the type's own rules. */
export function orNull(type: AttributeType): AttributeType {
  const { convert } = type;
  return {
    ...(convert === undefined ? {} : { convert: (value: unknown) => (value === null ? null : convert(value)) }),
    refuse: (value) => (value === null ? undefined : type.refuse(value)),
  };
}

/** Whether a parsed JSON value is an object with keys. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
