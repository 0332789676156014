import { IsBoolean, IsIn, IsInt, IsNumber, IsObject, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';
import { isRecord, shownValue } from '../../resource/field-type.js';
import type { FieldType } from '../../resource/field-type.js';
import { jsonFlag, jsonObject, jsonOneOf, jsonText, jsonWhole } from '../../resource/json-types.js';
import type { TextBounds } from '../../resource/json-types.js';
import { LOOSE_NAME_RULE, NAME_RULE, flagOf, isName, isPrintable, wholeOf } from '../body-forms.js';

// The types of nova's JSON schemas (nova.api.validation.parameter_types). Numbers and booleans may be texts in requests.

export const MAX_INT = 0x7f_ff_ff_ff;

export function novaText(bounds: TextBounds): FieldType<string> {
  const { least = 0, most } = bounds;
  return { ...jsonText(bounds), checks: [IsString(), ...(least > 0 ? [MinLength(least)] : []), MaxLength(most)] };
}

const nameText = novaText({ least: 1, most: 255 });
/** parameter_types.name */
export const novaName: FieldType<string> = {
  ...nameText,
  refuse: (value) => nameText.refuse(value) ?? (isName(value) ? undefined : NAME_RULE),
};

/** parameter_types.name_with_leading_trailing_spaces: without the white space at its ends. */
export const novaLooseName: FieldType<string> = {
  ...nameText,
  convert: (value) => (typeof value === 'string' ? value.trim() : value),
  refuse: (value) =>
    value === '' || (typeof value === 'string' && !isPrintable(value)) ? LOOSE_NAME_RULE : nameText.refuse(value),
};

/** parameter_types.description: printable characters. */
export function novaDescription(most: number): FieldType<string> {
  const text = novaText({ most });
  return {
    ...text,
    refuse: (value) =>
      text.refuse(value) ??
      (typeof value === 'string' && !isPrintable(value)
        ? 'the value has characters that are not printable'
        : undefined),
  };
}

export function novaWhole(least: number): FieldType<number> {
  return { ...jsonWhole(least, MAX_INT), convert: wholeOf, checks: [IsInt(), Min(least), Max(MAX_INT)] };
}

/** A number with a fraction, 0 or more. */
export const novaAmount: FieldType<number> = {
  kind: 'number',
  convert: (value) => (typeof value === 'string' && /^\d{1,10}(\.\d{1,10})?$/.test(value) ? Number(value) : value),
  refuse: (value) => {
    if (typeof value !== 'number') return `${shownValue(value)} is not of type 'number'`;
    return value < 0 ? `${value} is less than the minimum of 0` : undefined;
  },
  schema: { type: 'number', minimum: 0 },
  checks: [IsNumber(), Min(0)],
};

export const novaFlag: FieldType<boolean> = {
  ...jsonFlag,
  convert: flagOf,
  checks: [IsBoolean()],
};

export function novaOneOf<const V extends string>(values: readonly V[]): FieldType<V> {
  return { ...jsonOneOf(values), checks: [IsIn(values)] };
}

/** A field that requests may set since a microversion, and that responses have shown before. */
export function from<T>(since: number, type: FieldType<T>): FieldType<T> {
  return { ...type, since };
}

/** Only the worker makes these values: its own texts and lists are not checked again. */
export const madeText: FieldType<string> = novaText({ most: 65_535 });
export const madeTime: FieldType<string> = { ...madeText, kind: 'time' };
export const madeTexts: FieldType<readonly string[]> = {
  kind: 'json',
  refuse: (value) => (Array.isArray(value) ? undefined : `${shownValue(value)} is not of type 'array'`),
  schema: { type: 'array', items: { type: 'string' } },
};

/** Texts by key: metadata, extra specs. */
export const textsByKey: FieldType<Readonly<Record<string, string>>> = {
  kind: 'json',
  refuse: (value) => (isRecord(value) ? undefined : `${shownValue(value)} is not of type 'object'`),
  schema: { type: 'object', additionalProperties: { type: 'string' } },
};

/** Positive integers by key; no other keys are allowed. */
export function numbersByKey(keys: readonly string[]): FieldType<Readonly<Record<string, number>>> {
  const number = novaWhole(1);
  const { refuse } = jsonObject();
  return {
    kind: 'json',
    convert: (value) =>
      isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, wholeOf(one)])) : value,
    refuse: (value) => {
      const reason = refuse(value);
      if (reason !== undefined || !isRecord(value)) return reason;
      const other = Object.keys(value).find((key) => !keys.includes(key));
      if (other !== undefined) return `Additional properties are not allowed ('${other.slice(0, 255)}' was unexpected)`;
      return Object.values(value).flatMap((one) => number.refuse(one) ?? [])[0];
    },
    schema: {
      type: 'object',
      properties: Object.fromEntries(keys.map((key) => [key, number.schema])),
      additionalProperties: false,
    },
    checks: [IsObject()],
  };
}
