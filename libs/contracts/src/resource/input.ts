import type { FieldDeclaration } from './field.js';
import { isRecord } from './field-type.js';

/**
 * A resource in a request, as it is sent on the bus: fields under their property names, converted. Absent on a create:
 * the default; absent on an update: unchanged. null is a separate value.
 */
export type InputOf<R extends object> = { readonly [K in keyof R]?: R[K] };

/** The object of a declared class in its form on the bus: plain, with its fields. */
export type DataOf<R extends object> = { readonly [K in keyof R]: R[K] };

/** Which operation an input is for. */
export type InputOperation = 'post' | 'put';

/**
 * Checks an input on the bus against a class's fields; made once. Returns undefined for a valid input, otherwise the
 * field and the reason. `required` is not checked: managers report missing fields in their own words.
 */
export function inputChecker(
  fields: readonly FieldDeclaration[],
  operation: InputOperation,
): (input: unknown) => string | undefined {
  const types = new Map(fields.map((field) => [field.field, field[operation] ?? field.type]));
  return (input) => {
    if (!isRecord(input)) return 'must be an object';
    for (const name of Object.keys(input)) {
      const value = input[name];
      const type = types.get(name);
      if (type === undefined) return `property ${name} should not exist`;
      const reason = value === undefined ? undefined : type.refuse(value);
      if (reason !== undefined) return `${name}: ${reason}`;
    }
    return undefined;
  };
}
