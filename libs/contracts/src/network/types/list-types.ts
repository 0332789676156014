import { isRecord, shownValue } from '../../resource/field-type.js';
import type { FieldType } from '../../resource/field-type.js';
import type { FieldDeclaration } from '../../resource/field.js';
import { fieldsOf } from '../../resource/field.js';
import type { ResourceClass } from '../../resource/resource.js';

const LONGEST_LIST = 1000;

export interface ListOptions {
  /** What an entry is called in "Duplicate … 'x'" and "Invalid data format for …: 'x'". @default neutron's texts for lists */
  readonly what?: string;
  /** What an entry that is there twice is called. @default `what` */
  readonly duplicate?: string;
  /** What makes two entries the same; undefined: it is like no other. @default the whole entry */
  readonly key?: (entry: unknown) => unknown;
}

/** A list whose every entry is of a type; equal entries are refused (`type:uuid_list`, `type:subnet_list`, …). */
export function listOf<T>(type: FieldType<T>, options: ListOptions = {}): FieldType<readonly T[]> {
  const { what, duplicate = what, key = (entry: unknown) => entry } = options;
  const { convert } = type;
  return {
    kind: 'json',
    convert: (value) => (Array.isArray(value) && convert !== undefined ? value.map(convert) : value),
    refuse: (value) => {
      if (!Array.isArray(value)) {
        return what === undefined
          ? `${shownValue(value)} is not a list`
          : `Invalid data format for ${what}: ${shownValue(value)}`;
      }
      if (value.length > LONGEST_LIST) return `Too many entries: at most ${LONGEST_LIST}`;
      const seen = new Set<string>();
      for (const entry of value) {
        const reason = type.refuse(entry);
        if (reason !== undefined) return reason;
        const same = key(entry);
        if (same === undefined) continue;
        const text = JSON.stringify(same);
        if (seen.has(text)) {
          return `Duplicate ${duplicate ?? 'items in the list:'} ${shownValue(same)}`;
        }
        seen.add(text);
      }
      return undefined;
    },
    schema: { type: 'array', items: type.schema, maxItems: LONGEST_LIST },
  };
}

/**
 * An object with the @Fields of a class and no other keys; those with `required` must be there.
 * @param what what it is called in "Invalid data format for …: 'x'"
 */
export function objectOf<R extends object>(type: ResourceClass<R>, what: string): FieldType<R> {
  const fields = new Map(fieldsOf(type).map((field) => [field.name, field]));
  return {
    kind: 'json',
    convert: (value) => (isRecord(value) ? convertFields(fields, value) : value),
    refuse: (value) => {
      if (!isRecord(value) || Object.keys(value).some((key) => !fields.has(key))) {
        return `Invalid data format for ${what}: ${shownValue(value)}`;
      }
      for (const field of fields.values()) {
        const member = value[field.name];
        if (member === undefined) {
          if (field.required) return `Invalid data format for ${what}: ${shownValue(value)}`;
          continue;
        }
        const reason = field.type.refuse(member);
        if (reason !== undefined) return reason;
      }
      return undefined;
    },
    schema: {
      type: 'object',
      properties: Object.fromEntries([...fields].map(([name, field]) => [name, field.type.schema])),
      required: [...fields.values()].filter(({ required }) => required).map(({ name }) => name),
      additionalProperties: false,
    },
  };
}

function convertFields(
  fields: ReadonlyMap<string, FieldDeclaration>,
  value: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, fields.get(key)?.type.convert?.(member) ?? member]),
  );
}
