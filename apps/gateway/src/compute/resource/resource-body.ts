import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { declarationOf, isInVersion, isRecord } from '#libs/contracts';
import type { Declaration, FieldDeclaration, InputOf, InputOperation, ResourceClass } from '#libs/contracts';
import { Fault } from '../../edge/errors/fault.js';
import { unknownField } from '../../edge/validation/constraint-words.js';
import { InvalidBody } from '../../edge/validation/invalid-body.js';

/** The API version of a body; `legacy` clients may send unknown keys. */
export interface BodyVersion {
  /** N of 2.N. @default 1 */
  readonly microversion?: number | undefined;
  readonly legacy?: boolean;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads `{ "flavor": { … } }` by the declaration of the resource, converted and checked, with the field names of the
 * bus; on a create with its defaults. Throws Fault or InvalidBody (400), which names the field.
 */
export function readBody<R extends object>(
  declaration: Declaration<R>,
  operation: InputOperation,
  body: unknown,
  { microversion: version = 1, legacy = false }: BodyVersion = {},
): InputOf<R> {
  if (!isRecord(body)) throw new Fault(400, 'Malformed request body', { code: 'MalformedRequestBody' });
  const { singular } = declaration;
  const other = Object.keys(body).find((name) => name !== singular);
  if (other !== undefined && !legacy) throw new InvalidBody(unknownField('', undefined, other));
  const inner = body[singular];
  if (inner === undefined) throw refused('', undefined, required(singular));
  if (!isRecord(inner)) throw refused(singular, inner, `${JSON.stringify(inner)} is not of type 'object'`);
  const fields = declaration.fields.filter((field) => isTaken(field, operation, version));
  const names = new Set(fields.map(({ name }) => name));
  const unknown = Object.keys(inner).find((name) => !names.has(name));
  if (unknown !== undefined && !legacy) throw new InvalidBody(unknownField(singular, inner, unknown));
  const input = readFields(singular, fields, inner, operation);
  // Every key is a field of R and every value was checked by the field's type.
  return (operation === 'post' ? { ...defaultsOf(declaration), ...input } : input) as InputOf<R>;
}

function isTaken(field: FieldDeclaration, operation: InputOperation, version: number): boolean {
  const type = field[operation];
  return type !== undefined && version >= (type.since ?? 1) && isInVersion(field, version);
}

/**
 * Of all microversions: the bus also gets the value of a field that the API version does not have any more, or not yet.
 */
function defaultsOf({ fields }: Declaration): Json {
  const given = fields.filter((field) => field.post !== undefined && field.default !== undefined);
  return Object.fromEntries(given.map((field) => [field.field, field.default]));
}

function readFields(
  singular: string,
  fields: readonly FieldDeclaration[],
  inner: Json,
  operation: InputOperation,
): Json {
  const input: Record<string, unknown> = {};
  for (const field of fields) {
    const { name } = field;
    const given = Object.hasOwn(inner, name) ? inner[name] : undefined;
    if (given !== undefined) input[field.field] = readValue(field, given, operation);
    else if (operation === 'post' && field.required) throw refused(singular, inner, required(name));
  }
  const [first] = fields;
  if (Object.keys(input).length === 0 && first !== undefined) throw refused(singular, inner, required(first.name));
  return input;
}

function readValue(field: FieldDeclaration, given: unknown, operation: InputOperation): unknown {
  const type = field[operation] ?? field.type;
  const value = type.convert === undefined ? given : type.convert(given);
  const reason = type.refuse(value);
  if (reason !== undefined) throw refused(field.name, given, reason);
  return value;
}

function required(name: string): string {
  return `'${name}' is a required property`;
}

function refused(field: string, value: unknown, reason: string): InvalidBody {
  return new InvalidBody({ field, value, reason });
}

/** The resource and the operation of a body. */
export interface AskedBody {
  readonly type: ResourceClass;
  readonly operation: InputOperation;
}

/** The value of `@CreateBody` and `@UpdateBody` for a request. */
export function readAskedBody({ type, operation }: AskedBody, context: ExecutionContext): object {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return readBody(declarationOf(type), operation, request.body, request.edge);
}

const resourceBody = createParamDecorator(readAskedBody);

/**
 * A controller's parameter: the input of a POST in the form of the bus: `create(@CreateBody(Flavor) args:
 * FlavorCreateArgs)`.
 */
export const CreateBody = (type: ResourceClass): ParameterDecorator => resourceBody({ type, operation: 'post' });

/** The same for a PUT: the fields that it names, at least one. */
export const UpdateBody = (type: ResourceClass): ParameterDecorator => resourceBody({ type, operation: 'put' });
