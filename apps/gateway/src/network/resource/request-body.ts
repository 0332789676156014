import { isRecord, shownValue } from '#libs/contracts';
import type { Declaration, FieldDeclaration, InputOf, InputOperation } from '#libs/contracts';
import { Fault } from '../../edge/errors/fault.js';
import { badRequest, invalidInput, unconverted } from '../errors/neutron-faults.js';

/** The resources of a create: one, or several in a bulk create, whose form the response has. */
export interface CreateBody<R extends object> {
  readonly bulk: boolean;
  readonly inputs: readonly InputOf<R>[];
}

type Json = Readonly<Record<string, unknown>>;

const BULK_LIMIT = 1000;

/**
 * Reads the body of a POST, converted and checked. Throws a 400 Fault with neutron's text (neutron.api.v2.base and
 * neutron-lib's attributes). The worker fills in defaults.
 */
export function parseCreate<R extends object>(
  declaration: Declaration<R>,
  body: unknown,
  allowBulk = true,
): CreateBody<R> {
  const { singular, plural } = declaration;
  const parsed = requireBody(body);
  const many = parsed[plural];
  if (many === undefined) {
    return { bulk: false, inputs: [parseResource(declaration, resourceOf(parsed, singular), 'post')] };
  }
  if (!allowBulk) throw badRequest('Bulk operation not supported');
  if (!Array.isArray(many) || many.length === 0) throw badRequest('Resources required');
  if (many.length > BULK_LIMIT) throw badRequest(`Too many ${plural} in one request: at most ${BULK_LIMIT}`);
  const inputs = many.map((entry: unknown) =>
    parseResource(declaration, isRecord(entry) && singular in entry ? entry[singular] : entry, 'post'),
  );
  return { bulk: true, inputs };
}

/** Reads the body of a PUT. Throws a 400 Fault. */
export function parseUpdate<R extends object>(declaration: Declaration<R>, body: unknown): InputOf<R> {
  return parseResource(declaration, resourceOf(requireBody(body), declaration.singular), 'put');
}

/** Reads the body of an action: the fields of a class, inside an envelope if one is named. Throws a 400 Fault. */
export function parseAction(fields: readonly FieldDeclaration[], body: unknown, envelope?: string): Json {
  const parsed = envelope === undefined ? body : resourceOf(requireBody(body), envelope);
  if (!isRecord(parsed)) throw badRequest('Resource body required');
  const byName = new Map(fields.map((field) => [field.name, field]));
  return readFields(byName, parsed, 'put', true);
}

function requireBody(body: unknown): Json {
  if (!isRecord(body) || Object.keys(body).length === 0) throw badRequest('Resource body required');
  return body;
}

function resourceOf(body: Json, singular: string): unknown {
  if (!(singular in body)) throw badRequest(`Unable to find '${singular}' in request body`);
  return body[singular];
}

function parseResource<R extends object>(
  declaration: Declaration<R>,
  found: unknown,
  operation: InputOperation,
): InputOf<R> {
  if (!isRecord(found)) throw badRequest(`Invalid resource ${shownValue(found)}: expected an object`);
  // Every key is a field of R and every value was checked by the field's type.
  return readFields(declaration.byName, found, operation, operation === 'post') as InputOf<R>;
}

function readFields(
  byName: ReadonlyMap<string, FieldDeclaration>,
  found: Json,
  operation: InputOperation,
  complete: boolean,
): Json {
  const unknown = Object.keys(found).filter((name) => !byName.has(name));
  if (unknown.length > 0) throw badRequest(`Unrecognized attribute(s) ${shownValue(unknown.join(', '))}`);
  const input: Record<string, unknown> = {};
  for (const field of new Set(byName.values())) {
    const given = valueOf(field, found);
    if (given !== undefined) input[field.field] = readValue(field, given, operation);
    else if (complete && field.required) {
      throw badRequest(`Failed to parse request. Required attribute '${field.name}' not specified`);
    }
  }
  return input;
}

/** A value under either of a field's names (`tenant_id` is project_id's older one); under both if they are equal. */
function valueOf({ name, alias }: FieldDeclaration, found: Json): unknown {
  const value = found[name];
  const older = alias === undefined ? undefined : found[alias];
  if (value !== undefined && older !== undefined && value !== older) {
    throw badRequest(`'${name}' and '${String(alias)}' do not match`);
  }
  return value === undefined ? older : value;
}

function readValue(field: FieldDeclaration, given: unknown, operation: InputOperation): unknown {
  const type = field[operation];
  if (type === undefined) {
    throw badRequest(
      operation === 'post'
        ? `Attribute '${field.name}' not allowed in POST`
        : `Cannot update read-only attribute ${field.name}`,
    );
  }
  const value = type.convert === undefined ? given : type.convert(given);
  const reason = type.refuse(value);
  if (reason === undefined) return value;
  const own = type.error?.(value);
  if (own !== undefined) throw new Fault(400, own.text, { code: own.code });
  const cause = type.convert === undefined ? undefined : unconverted(type, value);
  throw cause !== undefined ? invalidInput(cause) : badRequest(`Invalid input for ${field.name}. Reason: ${reason}.`);
}
