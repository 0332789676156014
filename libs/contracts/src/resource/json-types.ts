import { isRecord, shownValue } from './field-type.js';
import type { FieldType } from './field-type.js';

// The types of the JSON schemas of keystone and nova, with jsonschema's words. None of them converts: values are used
// unchanged.

export interface TextBounds {
  readonly least?: number;
  readonly most: number;
  /** A pattern that the text must contain. */
  readonly pattern?: RegExp;
  /** Whether it must not appear in any message. @default false */
  readonly secret?: boolean;
}

/** A text with limits of its length; the database cannot store NUL. */
export function jsonText({ least = 0, most, pattern, secret = false }: TextBounds): FieldType<string> {
  const shown = (value: unknown): string => (secret ? 'it' : shownValue(value));
  return {
    kind: 'text',
    refuse: (value) => {
      if (typeof value !== 'string') return `${shown(value)} is not of type 'string'`;
      if (value.includes('\0')) return `${shown(value)} has a NUL character`;
      if (value.length < least) return `${shown(value)} is too short`;
      if (value.length > most) return `${shown(value)} is too long`;
      if (pattern !== undefined && !pattern.test(value)) return `${shown(value)} does not match '${pattern.source}'`;
      return undefined;
    },
    schema: {
      type: 'string',
      minLength: least,
      maxLength: most,
      ...(pattern === undefined ? {} : { pattern: pattern.source }),
    },
  };
}

/** parameter_types.name */
export const jsonName = jsonText({ least: 1, most: 255, pattern: /\S+/ });
/** parameter_types.id_string */
export const jsonId = jsonText({ least: 1, most: 64, pattern: /^[a-zA-Z0-9-]+$/ });
export const jsonUrl = jsonText({ most: 225, pattern: /^[a-zA-Z0-9+.-]+:.+/ });
/** A reference without a prescribed form. */
export const jsonReference = jsonText({ most: 255 });
export const jsonDescription = jsonText({ most: 65_535 });

export const jsonFlag: FieldType<boolean> = {
  kind: 'boolean',
  refuse: (value) => (typeof value === 'boolean' ? undefined : `${shownValue(value)} is not of type 'boolean'`),
  schema: { type: 'boolean' },
};

export function jsonWhole(least: number, most: number): FieldType<number> {
  return {
    kind: 'integer',
    refuse: (value) => {
      if (typeof value !== 'number' || !Number.isSafeInteger(value))
        return `${shownValue(value)} is not of type 'integer'`;
      if (value < least) return `${value} is less than the minimum of ${least}`;
      if (value > most) return `${value} is greater than the maximum of ${most}`;
      return undefined;
    },
    schema: { type: 'integer', minimum: least, maximum: most },
  };
}

export function jsonOneOf<const V extends string>(values: readonly V[]): FieldType<V> {
  return {
    kind: 'text',
    refuse: (value) =>
      values.some((one) => one === value)
        ? undefined
        : `${shownValue(value)} is not one of [${values.map(shownValue).join(', ')}]`,
    schema: { type: 'string', enum: values },
  };
}

/** An object whose JSON has at most this many bytes. */
export function jsonObject(mostBytes = 65_535): FieldType<Readonly<Record<string, unknown>>> {
  return {
    kind: 'json',
    refuse: (value) => {
      if (!isRecord(value)) return `${shownValue(value)} is not of type 'object'`;
      return Buffer.byteLength(JSON.stringify(value)) > mostBytes ? `it has more than ${mostBytes} bytes` : undefined;
    },
    schema: { type: 'object' },
  };
}

/** A list of distinct values, or of any. */
export function jsonList<T>(item: FieldType<T>, most: number, isUnique = true): FieldType<readonly T[]> {
  return {
    kind: 'json',
    refuse: (value) => {
      if (!Array.isArray(value)) return `${shownValue(value)} is not of type 'array'`;
      if (value.length > most) return `it has more than ${most} items`;
      for (const one of value) {
        const reason = item.refuse(one);
        if (reason !== undefined) return reason;
      }
      const texts = new Set(value.map((one) => JSON.stringify(one)));
      return isUnique && texts.size < value.length ? `${shownValue(value)} has non-unique elements` : undefined;
    },
    schema: { type: 'array', items: item.schema, maxItems: most, uniqueItems: isUnique },
  };
}

/** An object with these keys and no others, in which all keys of one of the groups are present. */
export function jsonParts<T extends object>(
  parts: { readonly [K in keyof T]-?: FieldType },
  ...groups: readonly (readonly (keyof T & string)[])[]
): FieldType<T> {
  const types = new Map<string, FieldType>(Object.entries<FieldType>(parts));
  return {
    kind: 'json',
    refuse: (value) => {
      if (!isRecord(value)) return `${shownValue(value)} is not of type 'object'`;
      for (const [name, part] of Object.entries(value)) {
        const type = types.get(name);
        if (type === undefined) {
          return `Additional properties are not allowed ('${name.slice(0, 255)}' was unexpected)`;
        }
        const reason = type.refuse(part);
        if (reason !== undefined) return reason;
      }
      const missing = groups.map((group) => group.find((name) => value[name] === undefined));
      return missing.includes(undefined) ? undefined : `'${missing[0]}' is a required property`;
    },
    schema: {
      type: 'object',
      properties: Object.fromEntries([...types].map(([name, { schema }]) => [name, schema])),
      anyOf: groups.map((required) => ({ required })),
      additionalProperties: false,
    },
  };
}
