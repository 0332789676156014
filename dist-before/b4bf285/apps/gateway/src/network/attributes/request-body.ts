import { validateSync } from 'class-validator';
import { badRequest } from '../errors/neutron-faults.js';
import { attributesOf } from './attribute.js';
import type { AttributeEntry } from './attribute.js';
import { isRecord } from './plain-types.js';
import { shownValue } from './shown-value.js';

/** What a body is about: `network` inside `networks`. */
export interface BodyNames {
  readonly singular: string;
  readonly plural: string;
}

/** The resources of a create: one, or several in a bulk one, which the answer takes the form of. */
export interface CreateBody<B> {
  readonly bulk: boolean;
  readonly resources: readonly ParsedResource<B>[];
}

/** A validated resource and the API names of the attributes that the client set (what attribute policies look at). */
export interface ParsedResource<B> {
  readonly body: B;
  readonly given: readonly string[];
}

const BULK_LIMIT = 1000;

/** Reads the body of a POST. Throws a 400 Fault with neutron's text (neutron.api.v2.base and neutron-lib's attributes). */
export function parseCreate<B extends object>(
  type: new () => B,
  names: BodyNames,
  body: unknown,
  allowBulk = true,
): CreateBody<B> {
  const parsed = requireBody(body);
  const many = parsed[names.plural];
  if (many === undefined) {
    return { bulk: false, resources: [parseResource(type, resourceOf(parsed, names.singular), 'POST')] };
  }
  if (!allowBulk) throw badRequest('Bulk operation not supported');
  if (!Array.isArray(many) || many.length === 0) throw badRequest('Resources required');
  if (many.length > BULK_LIMIT) throw badRequest(`Too many ${names.plural} in one request: at most ${BULK_LIMIT}`);
  const resources = many.map((entry: unknown) =>
    parseResource(type, isRecord(entry) && names.singular in entry ? entry[names.singular] : entry, 'POST'),
  );
  return { bulk: true, resources };
}

/** Reads the body of a PUT. Throws a 400 Fault. */
export function parseUpdate<B extends object>(type: new () => B, names: BodyNames, body: unknown): ParsedResource<B> {
  return parseResource(type, resourceOf(requireBody(body), names.singular), 'PUT');
}

function requireBody(body: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(body) || Object.keys(body).length === 0) throw badRequest('Resource body required');
  return body;
}

function resourceOf(body: Readonly<Record<string, unknown>>, singular: string): unknown {
  if (!(singular in body)) throw badRequest(`Unable to find '${singular}' in request body`);
  return body[singular];
}

function parseResource<B extends object>(type: new () => B, found: unknown, verb: 'POST' | 'PUT'): ParsedResource<B> {
  if (!isRecord(found)) throw badRequest(`Invalid resource ${shownValue(found)}: expected an object`);
  const resource = withOneProject(found);
  const table = attributesOf(type);
  const unknown = Object.keys(resource).filter((name) => !table.has(name));
  if (unknown.length > 0) {
    throw badRequest(`Unrecognized attribute(s) ${shownValue(unknown.join(', '))}`);
  }
  const given = [...table.values()].filter((entry) => resource[entry.name] !== undefined);
  refuseForbidden(given, verb);
  if (verb === 'POST') refuseMissing([...table.values()], resource);
  const body = new type();
  for (const entry of given) {
    const value = resource[entry.name];
    Reflect.set(body, entry.field, entry.type.convert === undefined ? value : entry.type.convert(value));
  }
  refuseInvalid(body, given);
  return { body, given: given.map((entry) => entry.name) };
}

/** tenant_id is project_id's older name; both may be given when they agree. */
function withOneProject(resource: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { tenant_id: tenant, ...rest } = resource;
  if (tenant === undefined) return resource;
  if (rest['project_id'] !== undefined && rest['project_id'] !== tenant) {
    throw badRequest("'project_id' and 'tenant_id' do not match");
  }
  return { ...rest, project_id: tenant };
}

function refuseForbidden(given: readonly AttributeEntry[], verb: 'POST' | 'PUT'): void {
  const forbidden = given.find((entry) => !(verb === 'POST' ? entry.post : entry.put));
  if (forbidden === undefined) return;
  throw badRequest(
    verb === 'POST'
      ? `Attribute '${forbidden.name}' not allowed in POST`
      : `Cannot update read-only attribute ${forbidden.name}`,
  );
}

function refuseMissing(table: readonly AttributeEntry[], resource: Readonly<Record<string, unknown>>): void {
  const missing = table.find((entry) => entry.required && resource[entry.name] === undefined);
  if (missing !== undefined) {
    throw badRequest(`Failed to parse request. Required attribute '${missing.name}' not specified`);
  }
}

function refuseInvalid(body: object, given: readonly AttributeEntry[]): void {
  const fault = validateSync(body, { skipUndefinedProperties: true, stopAtFirstError: true })[0];
  if (fault === undefined) return;
  const name = given.find((entry) => entry.field === fault.property)?.name ?? fault.property;
  const reason = Object.values(fault.constraints ?? {})[0] ?? 'it is not valid';
  throw badRequest(`Invalid input for ${name}. Reason: ${reason}.`);
}
