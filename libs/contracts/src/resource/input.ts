import type { FieldDeclaration } from './field.js';
import { isRecord } from './field-type.js';

/**
 * A resource as asked for, as it travels on the bus: fields under their property names, converted. Absent on a create:
 * the default; absent on an update: as it is. null is a value of its own.
 */
export type InputOf<R extends object> = { readonly [K in keyof R]?: R[K] };

/** The object of a declared class as it is on the bus: plain, with its fields. */
export type DataOf<R extends object> = { readonly [K in keyof R]: R[K] };

/** Which operation an input is for. */
export type InputOperation = 'post' | 'put';

/**
 * What checks an input on the bus against a class's fields, made once: undefined for a valid one, else the field and
 * why. `required` is not asked: managers say in their own words what is missing.
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
