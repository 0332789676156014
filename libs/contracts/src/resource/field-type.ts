/** A part of a JSON Schema (draft 2020-12, the one of OpenAPI 3.1). */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** How a value is stored, filtered and sorted: the worker's tables have one SQL form for each. */
export type FieldKind = 'text' | 'boolean' | 'integer' | 'number' | 'time' | 'address' | 'cidr' | 'json';

/** An API's special error for one field: the type in its faults, and the whole text. */
export interface FieldError {
  readonly code: string;
  readonly text: string;
}

/**
 * The valid values of a field. `T` is the value's type in TypeScript; it ties a declaration to its property and holds
 * nothing at run time.
 */
export interface FieldType<T = unknown> {
  readonly kind: FieldKind;
  /**
   * Converts other spellings (`"true"`, `"7"`) to the value's own form; a value that it cannot convert is returned
   * unchanged.
   */
  readonly convert?: (value: unknown) => unknown;
  /** Why the converted value is refused, or undefined when it is valid. */
  readonly refuse: (value: unknown) => string | undefined;
  /** The original's special error for a refused value; undefined: the common error of all fields. */
  readonly error?: (value: unknown) => FieldError | undefined;
  readonly schema: JsonSchema;
  /** How responses show it, if not unchanged. */
  readonly shown?: { readonly as: (value: unknown) => unknown; readonly schema: JsonSchema };
  /** class-validator's decorators of the type, for methods with flat arguments (`fieldArgs`). */
  readonly checks?: readonly PropertyDecorator[];
  /** The first microversion 2.N in which a request may set it, if responses show it earlier. */
  readonly since?: number;
  readonly phantom?: T;
}

const LONGEST = 120;

/** Python's words for the values that are words in JSON. */
const PYTHON_WORDS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [null, 'None'],
  [true, 'True'],
  [false, 'False'],
]);

/**
 * A client's value as an error message quotes it: in single quotes and cut, so that a body is never repeated
 * completely.
 */
export function shownValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (PYTHON_WORDS.get(value) ?? JSON.stringify(value) ?? 'undefined');
  return `'${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}'`;
}

/** Whether a parsed JSON value is an object with keys. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Accepts null before the type's own rules. */
export function orNull<T>(type: FieldType<T>): FieldType<T | null> {
  const { convert } = type;
  return {
    kind: type.kind,
    ...(convert === undefined ? {} : { convert: (value: unknown) => (value === null ? null : convert(value)) }),
    refuse: (value) => (value === null ? undefined : type.refuse(value)),
    ...(type.error === undefined ? {} : { error: type.error }),
    ...(type.checks === undefined ? {} : { checks: type.checks }),
    schema: { anyOf: [type.schema, { type: 'null' }] },
  };
}

/** A type whose null means another value (neutron's `convert_none_to_empty_list` and similar). */
export function nullAs<T>(type: FieldType<T>, instead: T): FieldType<T> {
  return {
    ...type,
    convert: (value) => (value === null ? instead : (type.convert?.(value) ?? value)),
    schema: { anyOf: [type.schema, { type: 'null' }] },
  };
}
