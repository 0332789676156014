import { shownValue } from '../resource/field-type.js';
import type { FieldType, JsonSchema } from '../resource/field-type.js';

// The values of an image's fields, with jsonschema's reasons for invalid values: glance checks bodies against the
// schema that it publishes (glance.api.v2.images.get_base_properties).

const quoted = (value: unknown): string => shownValue(value);

/** A text of at most `longest` characters. The database cannot store NUL, so it is refused here. */
export function imageText(longest: number, schema: JsonSchema = {}): FieldType<string> {
  return {
    kind: 'text',
    refuse: (value) => {
      if (typeof value !== 'string') return `${quoted(value)} is not of type 'string'`;
      if (value.includes('\0')) return `${quoted(value)} contains a NUL character`;
      if (Array.from(value).length > longest) return `${quoted(value)} is too long`;
      return undefined;
    },
    schema: { type: 'string', maxLength: longest, ...schema },
  };
}

/** A text or null, in the form of glance's schemas. */
export function textOrNull(longest: number): FieldType<string | null> {
  const type = imageText(longest);
  return {
    kind: 'text',
    refuse: (value) =>
      value === null || typeof value === 'string'
        ? value === null
          ? undefined
          : type.refuse(value)
        : `${quoted(value)} is not of type 'null', 'string'`,
    schema: { type: ['null', 'string'], maxLength: longest },
  };
}

/** One of the configured formats, or null: not known yet. */
export function formatOf(formats: readonly string[]): FieldType<string | null> {
  return {
    kind: 'text',
    refuse: (value) => {
      if (value === null) return undefined;
      if (typeof value !== 'string') return `${quoted(value)} is not of type 'null', 'string'`;
      return formats.includes(value)
        ? undefined
        : `${quoted(value)} is not one of [None, ${formats.map(quoted).join(', ')}]`;
    },
    schema: { type: ['null', 'string'], enum: [null, ...formats] },
  };
}

/** One of a few texts. */
export function choiceOf<const V extends string>(values: readonly V[]): FieldType<V> {
  return {
    kind: 'text',
    refuse: (value) => {
      if (typeof value !== 'string') return `${quoted(value)} is not of type 'string'`;
      const known: readonly string[] = values;
      return known.includes(value) ? undefined : `${quoted(value)} is not one of [${values.map(quoted).join(', ')}]`;
    },
    schema: { type: 'string', enum: values },
  };
}

export const truth: FieldType<boolean> = {
  kind: 'boolean',
  refuse: (value) => (typeof value === 'boolean' ? undefined : `${quoted(value)} is not of type 'boolean'`),
  schema: { type: 'boolean' },
};

/** A number in the range of the database's integer. */
export const amount: FieldType<number> = {
  kind: 'integer',
  refuse: (value) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return `${quoted(value)} is not of type 'integer'`;
    if (value < 0) return 'Cannot be a negative value';
    return value > 2_147_483_647 ? `${value} is too large` : undefined;
  },
  schema: { type: 'integer' },
};

/** Bytes, or null: not known yet. */
export const bytesOrNull: FieldType<number | null> = {
  kind: 'integer',
  refuse: (value) =>
    value === null || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)
      ? undefined
      : `${quoted(value)} is not of type 'null', 'integer'`,
  schema: { type: ['null', 'integer'] },
};

const UUID = '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$';
const uuidPattern = new RegExp(UUID);

export const imageId: FieldType<string> = {
  kind: 'text',
  refuse: (value) => {
    if (typeof value !== 'string') return `${quoted(value)} is not of type 'string'`;
    return uuidPattern.test(value) ? undefined : `${quoted(value)} does not match '${UUID}'`;
  },
  schema: { type: 'string', pattern: UUID },
};

export const tagList: FieldType<readonly string[]> = {
  kind: 'json',
  refuse: (value) => {
    if (!Array.isArray(value)) return `${quoted(value)} is not of type 'array'`;
    const tag = imageText(255);
    return value.map((entry) => tag.refuse(entry)).find((reason) => reason !== undefined);
  },
  schema: { type: 'array', items: { type: 'string', maxLength: 255 } },
};

/** A time on the bus: ISO 8601, UTC with `Z`, microseconds. Responses show whole seconds. */
export const momentText: FieldType<string> = { ...imageText(64), kind: 'time', schema: { type: 'string' } };
