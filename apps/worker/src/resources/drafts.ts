import { randomUUID } from 'node:crypto';
import { ExpectedError, keyedId } from '#libs/contracts';
import type { Declaration, FieldDeclaration, InputOf } from '#libs/contracts';
import type { Values } from './resource-rows.js';

/** A resource that is about to be created. */
export interface Draft<R extends object, I extends object = InputOf<R>> {
  readonly id: string;
  readonly input: I;
  /** The project that will own it. */
  readonly owner: string;
  /** The values to store: the input over the declared defaults. A hook may change them. */
  readonly values: Values;
  /** A further object that policy rules and hooks read: the network of a subnet or port. */
  parent?: object;
}

/** A resource that is about to change. */
export interface Change<R extends object, I extends object = InputOf<R>> {
  readonly row: R;
  readonly input: I;
  /** The values to store: the input. A hook may change them. */
  readonly values: Values;
  readonly parent: object | undefined;
}

/** The values to store for `owner`: the input over the declared defaults. Error InvalidInput. */
export function draftOf<R extends object, I extends object = InputOf<R>>(
  declaration: Declaration,
  owner: string,
  input: I,
): Draft<R, I> {
  const { parent, key, fields } = declaration;
  const idOf = (field = ''): string => String(Reflect.get(input, field));
  const id = key === undefined ? randomUUID() : keyedId(idOf(parent?.field), idOf(key));
  const columns = fields.filter((field) => !field.computed && field.default !== undefined);
  const defaults = Object.fromEntries(columns.map((field) => [field.field, field.default]));
  const values = { ...defaults, ...storedValues(declaration, input, 'post'), id, project_id: owner };
  return { id, input, owner, values };
}

/** The columns that an input sets. Error InvalidInput for a field that the operation may not set. */
export function storedValues({ byField }: Declaration, input: object, operation: 'post' | 'put'): Values {
  const values: Values = {};
  for (const [name, value] of Object.entries(given(input))) {
    const field: FieldDeclaration | undefined = byField.get(name);
    if (field?.[operation] === undefined) {
      const text =
        operation === 'put'
          ? `Cannot update read-only attribute ${field?.name ?? name}`
          : `Attribute '${field?.name ?? name}' not allowed in POST`;
      throw new ExpectedError('InvalidInput', text);
    }
    if (!field.computed) values[name] = value;
  }
  return values;
}

export function given(input: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}
