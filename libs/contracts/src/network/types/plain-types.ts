import { isRecord, shownValue } from '../../resource/field-type.js';
import type { FieldType } from '../../resource/field-type.js';

// The types of neutron-lib's attribute maps (neutron_lib.api.validators and converters), with their texts.

const uuidPattern = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** A text of at most `longest` characters (`type:string`). The database cannot store NUL, so it is refused here. */
export function text(longest: number): FieldType<string> {
  return {
    kind: 'text',
    refuse: (value) => {
      if (typeof value !== 'string') return `${shownValue(value)} is not a valid string`;
      if (value.includes('\0')) return `${shownValue(value)} contains a NUL character`;
      if (value.length > longest) return `${shownValue(value)} exceeds maximum length of ${longest}`;
      return undefined;
    },
    schema: { type: 'string', maxLength: longest },
  };
}

/** Control characters, unassigned ones and line separators. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/u;

/** A name (`type:name_string`): one line of printable characters that neither begins nor ends with a space. */
export const nameText: FieldType<string> = {
  ...text(255),
  refuse: (value) => {
    const reason = text(255).refuse(value);
    if (reason !== undefined) return reason;
    const bad = typeof value === 'string' && (unprintable.test(value) || /^\p{Zs}|\p{Zs}$/u.test(value));
    return bad ? `${shownValue(value)} is not a valid string` : undefined;
  },
};

/** A text with at least one non-blank character (`type:not_empty_string`). */
export function filledText(longest: number): FieldType<string> {
  const type = text(longest);
  return {
    ...type,
    refuse: (value) =>
      type.refuse(value) ??
      (typeof value === 'string' && value.trim() === ''
        ? `${shownValue(value)} Blank strings are not permitted`
        : undefined),
    schema: { type: 'string', minLength: 1, maxLength: longest },
  };
}

const TRUE = new Set(['1', 't', 'true', 'on', 'y', 'yes']);
const FALSE = new Set(['0', 'f', 'false', 'off', 'n', 'no']);

/** oslo.utils' bool_from_string, strict: the boolean of a text or number; any other value is returned unchanged. */
export function toBoolean(value: unknown): unknown {
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  const word = String(value).trim().toLowerCase();
  if (TRUE.has(word)) return true;
  return FALSE.has(word) ? false : value;
}

export const flag: FieldType<boolean> = {
  kind: 'boolean',
  convert: toBoolean,
  refuse: (value) => (typeof value === 'boolean' ? undefined : `${shownValue(value)} cannot be converted to boolean`),
  schema: { type: 'boolean' },
};

/** The integer that a client wrote as `7` or `"7"`; any other value is returned unchanged. */
export function toWholeNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(value) ? Number(value) : value;
}

/** An integer within inclusive bounds (`type:range`). */
export function whole(least: number, most: number): FieldType<number> {
  return {
    kind: 'integer',
    convert: toWholeNumber,
    refuse: (value) => {
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) return `${shownValue(value)} is not an integer`;
      if (value < least) return `'${value}' is too small - must be at least '${least}'`;
      if (value > most) return `'${value}' is too large - must be no larger than '${most}'`;
      return undefined;
    },
    schema: { type: 'integer', minimum: least, maximum: most },
  };
}

/** One of a few texts (`type:values`). */
export function oneOf<const V extends string>(
  values: readonly V[],
  convert?: (value: unknown) => unknown,
): FieldType<V> {
  return {
    kind: 'text',
    ...(convert === undefined ? {} : { convert }),
    refuse: (value) => refuseOthers(values, value),
    schema: { type: 'string', enum: values },
  };
}

/** One of a few integers. */
export function oneOfNumbers<const V extends number>(values: readonly V[]): FieldType<V> {
  return {
    kind: 'integer',
    convert: toWholeNumber,
    refuse: (value) => refuseOthers(values, value),
    schema: { type: 'integer', enum: values },
  };
}

function refuseOthers(values: readonly unknown[], value: unknown): string | undefined {
  if (values.includes(value)) return undefined;
  return `${shownValue(value)} is not in [${values.map(shownValue).join(', ')}]`;
}

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && uuidPattern.test(value);
}

export const uuid: FieldType<string> = {
  kind: 'text',
  refuse: (value) => (isUuid(value) ? undefined : `${shownValue(value)} is not a valid UUID`),
  schema: { type: 'string', format: 'uuid' },
};

/** A time on the bus: ISO 8601, UTC with `Z`, microseconds. Responses show whole seconds. */
export const time: FieldType<string> = { ...text(64), kind: 'time', schema: { type: 'string', format: 'date-time' } };

/** A JSON object with keys of any kind (`type:dict`). */
export const dictionary: FieldType<Readonly<Record<string, unknown>>> = {
  kind: 'json',
  refuse: (value) => (isRecord(value) ? undefined : `${shownValue(value)} is not a dictionary`),
  schema: { type: 'object' },
};
