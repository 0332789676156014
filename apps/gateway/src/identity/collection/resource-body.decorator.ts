import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { InvalidBody } from '../../edge/validation/invalid-body.js';
import { validateBody } from '../../edge/validation/valid-body.decorator.js';
import { badRequest } from '../errors/keystone-faults.js';

type FieldsClass<F extends object> = new () => F;

/** What a body says of a resource: its fields, and the attributes that nobody here knows. */
export interface ResourceBody<F extends object> {
  readonly fields: F;
  /** Absent without any. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Attributes that are made here: what a client says of them is passed over, as keystone does. */
const MADE_HERE: ReadonlySet<string> = new Set(['links', 'password_expires_at']);
const MOST_EXTRA = 100;

/**
 * A body `{ [key]: { … } }` with the fields of a class and, as keystone's schemas allow, attributes beyond them, which
 * are kept as they are. Throws InvalidBody (400), which names the field.
 */
export function parseResourceBody<F extends object>(
  fieldsClass: FieldsClass<F>,
  key: string,
  body: unknown,
): ResourceBody<F> {
  const resource = innerObject(key, body);
  const known = knownNames(fieldsClass);
  const entries = Object.entries(resource).filter(([name]) => !MADE_HERE.has(name));
  const fields = validateBody(fieldsClass, Object.fromEntries(entries.filter(([name]) => known.has(name))));
  const extra = entries.filter(([name]) => !known.has(name));
  if (extra.length === 0) return { fields };
  if (extra.length > MOST_EXTRA || extra.some(([name]) => name.length > 255)) {
    throw badRequest(`Invalid input for field '${key}': too many attributes, or one with too long a name`);
  }
  return { fields, extra: Object.fromEntries(extra) };
}

/** As keystone names attributes when it makes something: `:` and `-` are not in them. */
export function normalizedNames(extra: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(extra).map(([name, value]) => [name.replaceAll(/[:-]/g, '_'), value]));
}

function innerObject(key: string, body: unknown): object {
  if (!isObject(body)) throw badRequest('Expecting to find valid JSON in request body.');
  const other = Object.keys(body).find((name) => name !== key);
  if (other !== undefined) {
    const reason = `Additional properties are not allowed ('${other.slice(0, 255)}' was unexpected)`;
    throw new InvalidBody({ field: '', value: undefined, reason });
  }
  const inner: unknown = Reflect.get(body, key);
  if (inner === undefined)
    throw new InvalidBody({ field: '', value: undefined, reason: `'${key}' is a required property` });
  if (!isObject(inner)) throw new InvalidBody({ field: key, value: inner, reason: "it is not of type 'object'" });
  return inner;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const names = new WeakMap<object, ReadonlySet<string>>();

function knownNames(fieldsClass: FieldsClass<object>): ReadonlySet<string> {
  let found = names.get(fieldsClass);
  if (found === undefined) {
    const metadata = getMetadataStorage().getTargetValidationMetadatas(fieldsClass, '', true, false);
    found = new Set(metadata.map(({ propertyName }) => propertyName));
    names.set(fieldsClass, found);
  }
  return found;
}

interface ResourceBodyOptions {
  readonly fields: FieldsClass<object>;
  readonly key: string;
}

/** A controller's parameter: `create(@BodyOf({ fields: RoleCreate, key: 'role' }) body: ResourceBody<RoleCreate>)`. */
export const BodyOf = createParamDecorator(
  ({ fields, key }: ResourceBodyOptions, context: ExecutionContext): ResourceBody<object> => {
    const { body } = context.switchToHttp().getRequest<FastifyRequest>();
    return parseResourceBody(fields, key, body);
  },
);
