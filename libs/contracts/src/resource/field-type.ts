/** A part of a JSON Schema (draft 2020-12, the one of OpenAPI 3.1). */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** How a value is stored, filtered by and sorted: the worker's tables know one SQL form for each. */
export type FieldKind = 'text' | 'boolean' | 'integer' | 'number' | 'time' | 'address' | 'cidr' | 'json';

/** The error of an API for one field alone: the type that its faults name, and the whole text. */
export interface FieldError {
  readonly code: string;
  readonly text: string;
}

/**
 * What values a field takes. `T` is the value's type in TypeScript; it keeps a declaration and its property together
 * and holds nothing at run time.
 */
export interface FieldType<T = unknown> {
  readonly kind: FieldKind;
  /** Brings other spellings (`"true"`, `"7"`) into the value's own form; what it cannot convert it returns as it is. */
  readonly convert?: (value: unknown) => unknown;
  /** Why the converted value is refused, or undefined when it is fine. */
  readonly refuse: (value: unknown) => string | undefined;
  /** The error of its own that the original has for a refused value; undefined: the one that all fields share. */
  readonly error?: (value: unknown) => FieldError | undefined;
  readonly schema: JsonSchema;
  /** How answers show it, where that is not as it is. */
  readonly shown?: { readonly as: (value: unknown) => unknown; readonly schema: JsonSchema };
  /** class-validator's decorators of the type, for methods whose arguments are fields side by side (`fieldArgs`). */
  readonly checks?: readonly PropertyDecorator[];
  /** The first microversion 2.N in which a request may give it, where answers show it earlier. */
  readonly since?: number;
  readonly phantom?: T;
}

const LONGEST = 120;

/** What Python calls the values that JSON has words for. */
const PYTHON_WORDS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [null, 'None'],
  [true, 'True'],
  [false, 'False'],
]);

/** A client's value as an error message quotes it: in single quotes and cut, so that no body is echoed whole. */
export function shownValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (PYTHON_WORDS.get(value) ?? JSON.stringify(value) ?? 'undefined');
  return `'${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}'`;
}

/** Whether a parsed JSON value is an object with keys. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Lets null through before the type's own rules. */
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

/** A type whose null stands for another value (neutron's `convert_none_to_empty_list` and its like). */
export function nullAs<T>(type: FieldType<T>, instead: T): FieldType<T> {
  return {
    ...type,
    convert: (value) => (value === null ? instead : (type.convert?.(value) ?? value)),
    schema: { anyOf: [type.schema, { type: 'null' }] },
  };
}
