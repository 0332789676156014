import { isRecord, shownValue } from '../../resource/field-type.js';
import type { FieldError, FieldType } from '../../resource/field-type.js';
import type { FieldDeclaration } from '../../resource/field.js';
import { fieldsOf } from '../../resource/field.js';
import type { ResourceClass } from '../../resource/resource.js';

const LONGEST_LIST = 1000;

export interface ListOptions {
  /**
   * The name of an entry in "Duplicate … 'x'" and "Invalid data format for …: 'x'". @default neutron's texts for lists
   */
  readonly what?: string;
  /** The name of a duplicate entry. @default `what` */
  readonly duplicate?: string;
  /** The key by which two entries are equal; undefined: the entry equals no other. @default the whole entry */
  readonly key?: (entry: unknown) => unknown;
  /** The special error of a duplicate entry, if any. */
  readonly duplicateError?: (entry: unknown) => FieldError;
}

/** Why a value is refused, and its special error, if any. */
interface Refusal {
  readonly reason: string;
  readonly error?: FieldError | undefined;
}

/** A list whose entries all have one type; equal entries are refused (`type:uuid_list`, `type:subnet_list`, …). */
export function listOf<T>(type: FieldType<T>, options: ListOptions = {}): FieldType<readonly T[]> {
  const { what, duplicate = what, key = (entry: unknown) => entry, duplicateError } = options;
  const { convert } = type;
  const refusal = (value: unknown): Refusal | undefined => {
    if (!Array.isArray(value)) {
      const reason =
        what === undefined
          ? `${shownValue(value)} is not a list`
          : `Invalid data format for ${what}: ${shownValue(value)}`;
      return { reason };
    }
    if (value.length > LONGEST_LIST) return { reason: `Too many entries: at most ${LONGEST_LIST}` };
    const seen = new Set<string>();
    for (const entry of value) {
      const reason = type.refuse(entry);
      if (reason !== undefined) return { reason, error: type.error?.(entry) };
      const same = key(entry);
      if (same === undefined) continue;
      const text = JSON.stringify(same);
      if (seen.has(text)) {
        const twice = `Duplicate ${duplicate ?? 'items in the list:'} ${shownValue(same)}`;
        return { reason: twice, error: duplicateError?.(entry) };
      }
      seen.add(text);
    }
    return undefined;
  };
  return {
    kind: 'json',
    convert: (value) => (Array.isArray(value) && convert !== undefined ? value.map(convert) : value),
    refuse: (value) => refusal(value)?.reason,
    error: (value) => refusal(value)?.error,
    schema: { type: 'array', items: type.schema, maxItems: LONGEST_LIST },
  };
}

/**
 * An object with the @Fields of a class and no other keys; `required` fields must be present.
 * @param what its name in "Invalid data format for …: 'x'"
 * @param missing the special error for a missing required field, if any
 */
export function objectOf<R extends object>(type: ResourceClass<R>, what: string, missing?: FieldError): FieldType<R> {
  const fields = new Map(fieldsOf(type).map((field) => [field.name, field]));
  const lacks = (value: Readonly<Record<string, unknown>>): boolean =>
    [...fields.values()].some(({ name, required }) => required && value[name] === undefined);
  return {
    kind: 'json',
    ...(missing === undefined
      ? {}
      : { error: (value: unknown) => (isRecord(value) && lacks(value) ? missing : undefined) }),
    convert: (value) => (isRecord(value) ? convertFields(fields, value) : value),
    refuse: (value) => {
      if (!isRecord(value) || lacks(value) || Object.keys(value).some((key) => !fields.has(key))) {
        return `Invalid data format for ${what}: ${shownValue(value)}`;
      }
      for (const field of fields.values()) {
        const member = value[field.name];
        if (member === undefined) continue;
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
