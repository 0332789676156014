import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Declaration, FieldDeclaration, InputOf, InputOperation } from '#libs/contracts';
import { isRecord, shownValue } from '#libs/contracts';
import { InvalidBody } from '../../edge/validation/invalid-body.js';
import { badRequest } from '../errors/keystone-faults.js';

type Json = Readonly<Record<string, unknown>>;

/** Attributes that are generated here: a client's values for them are ignored. */
const MADE_HERE: ReadonlySet<string> = new Set(['links', 'id', 'password_expires_at']);
const MOST_BULK = 1000;

/**
 * `{ "region": { … } }`, or `{ "limits": [ … ] }` for kinds that are created several at a time. Throws InvalidBody
 * (400).
 */
export function parseCreate<R extends object>(declaration: Declaration<R>, body: unknown): readonly InputOf<R>[] {
  const { singular, plural, bulk } = declaration;
  const inner = innerValue(bulk ? plural : singular, body);
  if (!bulk) return [parseFields(declaration, singular, inner, 'post')];
  if (!Array.isArray(inner)) throw invalid(plural, inner, `${shownValue(inner)} is not of type 'array'`);
  if (inner.length === 0) throw invalid(plural, inner, '[] should be non-empty');
  if (inner.length > MOST_BULK) throw invalid(plural, inner, `it has more than ${MOST_BULK} items`);
  return inner.map((one: unknown) => parseFields(declaration, plural, one, 'post'));
}

/** The fields that an update names. Throws InvalidBody (400), also if the id differs from the path's. */
export function parseUpdate<R extends object>(declaration: Declaration<R>, body: unknown, id: string): InputOf<R> {
  const inner = innerValue(declaration.singular, body);
  const given = isRecord(inner) ? inner['id'] : undefined;
  if (given !== undefined && given !== id) throw badRequest('Cannot change ID');
  if (isRecord(inner) && Object.keys(inner).length === 0 && !declaration.bulk) {
    throw invalid(declaration.singular, inner, '{} does not have enough properties');
  }
  return parseFields(declaration, declaration.singular, inner, 'put');
}

/** Throws InvalidBody (400) for an id in a path that no resource may be given. */
export function requireId({ byField }: Declaration, id: string): void {
  const reason = byField.get('id')?.post?.refuse(id);
  if (reason !== undefined) throw invalid('id', id, reason);
}

function innerValue(key: string, body: unknown): unknown {
  if (!isRecord(body)) throw badRequest('Expecting to find valid JSON in request body.');
  const other = Object.keys(body).find((name) => name !== key);
  if (other !== undefined) throw invalid('', undefined, unexpected(other));
  if (body[key] === undefined) throw invalid('', undefined, `'${key}' is a required property`);
  return body[key];
}

function parseFields<R extends object>(
  declaration: Declaration<R>,
  key: string,
  inner: unknown,
  operation: InputOperation,
): InputOf<R> {
  if (!isRecord(inner)) throw invalid(key, inner, `${shownValue(inner)} is not of type 'object'`);
  const input: Record<string, unknown> = {};
  const extra: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(inner)) {
    const field = ownField(declaration, name, operation);
    const type = field?.[operation];
    if (field !== undefined && type !== undefined) {
      const value = type.convert === undefined ? given : type.convert(given);
      const reason = type.refuse(value);
      if (reason !== undefined) throw invalid(name, value, reason);
      input[field.field] = value;
    } else if (!MADE_HERE.has(name)) {
      if (!declaration.byField.has('extra') || field !== undefined) throw invalid(key, undefined, unexpected(name));
      extra[name] = given;
    }
  }
  if (operation === 'post') requireFields(declaration, input);
  if (Object.keys(extra).length > 0) input['extra'] = checkedExtra(declaration, extra, operation);
  // Each value has been checked by its field's type.
  return input as InputOf<R>;
}

/**
 * The field that a client names; a field that is neither accepted by the operation nor shown in responses has no name
 * in the API.
 */
function ownField(declaration: Declaration, name: string, operation: InputOperation): FieldDeclaration | undefined {
  const field = name === 'extra' ? undefined : declaration.byName.get(name);
  return field?.visible === false && field[operation] === undefined ? undefined : field;
}

function requireFields(declaration: Declaration, input: Json): void {
  const missing = declaration.fields.find(({ field, required }) => required && input[field] === undefined);
  if (missing !== undefined) {
    throw invalid(declaration.singular, undefined, `'${missing.name}' is a required property`);
  }
}

function checkedExtra(declaration: Declaration, extra: Json, operation: InputOperation): Json {
  const reason = declaration.byField.get('extra')?.type.refuse(extra);
  if (reason !== undefined) throw invalid(declaration.singular, undefined, reason);
  if (operation === 'put') return extra;
  // As keystone names attributes on a create: they contain no `:` and `-`.
  return Object.fromEntries(Object.entries(extra).map(([name, value]) => [name.replaceAll(/[:-]/g, '_'), value]));
}

function unexpected(name: string): string {
  return `Additional properties are not allowed ('${name.slice(0, 255)}' was unexpected)`;
}

function invalid(field: string, value: unknown, reason: string): InvalidBody {
  return new InvalidBody({ field, value, reason });
}

/** The resource and the operation of a body. */
export interface DeclaredBody {
  readonly declaration: Declaration;
  readonly operation: InputOperation;
}

/** The value of `@CreateInputs` and `@UpdateInput` for a request. */
export function readDeclaredBody(
  { declaration, operation }: DeclaredBody,
  context: ExecutionContext,
): object | readonly object[] {
  const { body, params } = context.switchToHttp().getRequest<FastifyRequest<{ Params: { readonly id?: string } }>>();
  return operation === 'post' ? parseCreate(declaration, body) : parseUpdate(declaration, body, params.id ?? '');
}

const declaredBody = createParamDecorator(readDeclaredBody);

/**
 * A controller's parameter: the objects to be created, one or several: `create(@CreateInputs(declaration) inputs:
 * InputOf<R>[])`.
 */
export const CreateInputs = (declaration: Declaration): ParameterDecorator =>
  declaredBody({ declaration, operation: 'post' });

/** The changes to the resource that the path names by `:id`. */
export const UpdateInput = (declaration: Declaration): ParameterDecorator =>
  declaredBody({ declaration, operation: 'put' });
