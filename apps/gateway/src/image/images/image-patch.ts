import { isRecord, shownValue, imageFieldsByName, isReservedProperty, refuseImageValue } from '#libs/contracts';
import type { ImageChange } from '#libs/contracts';
import { badRequest, forbidden } from '../errors/glance-faults.js';
import { Fault } from '../../edge/errors/fault.js';
import { mediaType } from '../../edge/body-parser.js';
import { isAbsentProperty } from './image-body.js';

/** Maximum lengths of a request's validation data. */
const VALIDATION: Readonly<Record<string, number>> = { checksum: 32, os_hash_algo: 64, os_hash_value: 128 };

/**
 * `{"op": "add", "path": "/locations/-", "value": {"url": …, "metadata": {…}, "validation_data": {…}}}`, `replace` of
 * all of them, `remove` of one (glance.api.v2.images). Throws Fault 400.
 */
function readLocationChange(
  op: ImageChange['op'],
  path: readonly string[],
  entry: Readonly<Record<string, unknown>>,
): ImageChange {
  if (path.length !== (op === 'replace' ? 1 : 2)) {
    throw badRequest(`Invalid JSON pointer for this resource: '/${path.join('/')}'`);
  }
  const at = path[1] === undefined ? {} : { at: path[1].slice(0, 64) };
  if (op === 'remove') return { op, name: 'locations', ...at };
  if (!Object.hasOwn(entry, 'value')) throw badRequest(`Operation "${op}" requires a member named "value".`);
  const { value } = entry;
  const places: readonly unknown[] = op === 'replace' && Array.isArray(value) ? value : [value];
  if (op === 'replace' && !Array.isArray(value)) throw unfit(value, "is not of type 'array'");
  for (const place of places) requireLocation(place);
  return { op, name: 'locations', value, ...at };
}

function requireLocation(place: unknown): void {
  if (!isRecord(place)) throw unfit(place, "is not of type 'object'");
  const { url, metadata, validation_data: known } = place;
  if (url === undefined) throw unfit('url', 'is a required property');
  if (metadata === undefined) throw unfit('metadata', 'is a required property');
  if (typeof url !== 'string' || url.includes('\0')) throw unfit(url, "is not of type 'string'");
  if (url.length > 255) throw unfit(url, 'is too long');
  if (!isRecord(metadata)) throw unfit(metadata, "is not of type 'object'");
  if (known === undefined) return;
  if (!isRecord(known)) throw unfit(known, "is not of type 'object'");
  for (const name of ['os_hash_algo', 'os_hash_value']) {
    if (known[name] === undefined) throw unfit(name, 'is a required property');
  }
  for (const [name, value] of Object.entries(known)) {
    const longest = Object.hasOwn(VALIDATION, name) ? VALIDATION[name] : undefined;
    if (longest === undefined) throw unfit(name, 'is not expected');
    if (typeof value !== 'string') throw unfit(value, "is not of type 'string'");
    if (value.length > longest) throw unfit(value, 'is too long');
    if (name === 'checksum' && value.length < 32) throw unfit(value, 'is too short');
  }
}

function unfit(value: unknown, reason: string) {
  return badRequest(`Provided object does not match schema 'image': locations: ${shownValue(value)} ${reason}`);
}

/** The two forms of a patch, by content type: drafts 4 and 10 of JSON patch. */
export const PATCH_TYPES = [
  'application/openstack-images-v2.0-json-patch',
  'application/openstack-images-v2.1-json-patch',
] as const;

type Operation = ImageChange['op'];
const OPERATIONS: readonly Operation[] = ['add', 'remove', 'replace'];

/**
 * Reads the body of `PATCH /v2/images/{id}` (glance.api.v2.images RequestDeserializer.update). Throws Fault 415 for
 * another content type, 400 for an invalid patch, 403 for fields that nobody may set.
 * @param hasLocations whether `locations` may be changed
 */
export function readImagePatch(body: unknown, contentType: string | undefined, hasLocations = false): ImageChange[] {
  const type = mediaType(contentType);
  const known: readonly string[] = PATCH_TYPES;
  if (!known.includes(type)) {
    throw new Fault(415, `Image PATCH expects Content-Type one of: ${PATCH_TYPES.join(', ')}`, {
      code: 'UnsupportedMediaType',
      headers: { 'accept-patch': PATCH_TYPES.join(', ') },
    });
  }
  if (body === undefined) throw badRequest('Body expected in request.');
  if (!Array.isArray(body)) throw badRequest('Request body must be a JSON array of operation objects.');
  const isOld = type === PATCH_TYPES[0];
  return body.map((entry: unknown): ImageChange => {
    if (!isRecord(entry)) throw badRequest('Operations must be JSON objects.');
    const { op, pointer } = isOld ? oldOperation(entry) : newOperation(entry);
    const path = readPointer(pointer);
    if (path[0] === 'locations') {
      if (!hasLocations) throw refusedLocations(op);
      return readLocationChange(op, path, entry);
    }
    const [name = ''] = path;
    if (path.length !== 1) throw badRequest(`Invalid JSON pointer for this resource: '/${path.join('/')}'`);
    if (op === 'remove') {
      requireSettable(name);
      return { op, name };
    }
    if (!Object.hasOwn(entry, 'value')) throw badRequest(`Operation "${op}" requires a member named "value".`);
    requireSettable(name);
    const { value } = entry;
    if (isAbsentProperty(name, value)) return { op: 'remove', name };
    const reason = refuseImageValue(name, value);
    if (reason !== undefined) throw badRequest(reason);
    return { op, name, value, ...(isOld ? { must_be_new: true } : {}) };
  });
}

/** `{"op": "replace", "path": "/name"}` */
function newOperation(entry: Readonly<Record<string, unknown>>): { op: Operation; pointer: unknown } {
  const available = `It must be one of the following: ${OPERATIONS.join(', ')}.`;
  if (entry['op'] === undefined) throw badRequest(`Unable to find \`op\` in JSON Schema change. ${available}`);
  const op = OPERATIONS.find((known) => known === entry['op']);
  if (op === undefined) throw badRequest(`Invalid operation: \`${shownValue(entry['op'])}\`. ${available}`);
  if (entry['path'] === undefined) throw badRequest("Unable to find 'path' in JSON Schema change");
  return { op, pointer: entry['path'] };
}

/** `{"replace": "/name"}` */
function oldOperation(entry: Readonly<Record<string, unknown>>): { op: Operation; pointer: unknown } {
  const [op, second] = OPERATIONS.filter((known) => Object.hasOwn(entry, known));
  if (op === undefined || second !== undefined) {
    const how = op === undefined ? 'exactly one member' : 'only one member';
    throw badRequest(`Operation objects must contain ${how} named "add", "remove", or "replace".`);
  }
  return { op, pointer: entry[op] };
}

/** The steps of a JSON pointer; only locations have more than one. */
function readPointer(pointer: unknown): readonly string[] {
  if (typeof pointer !== 'string') throw badRequest('Malformed JSON in request body.');
  const shown = `Pointer \`${pointer.slice(0, 64)}\``;
  if (!pointer.startsWith('/')) throw badRequest(`${shown} does not start with "/".`);
  if (/\/\s*?\//.test(pointer.slice(1))) throw badRequest(`${shown} contains adjacent "/".`);
  if (pointer.length > 1 && pointer.endsWith('/')) throw badRequest(`${shown} end with "/".`);
  if (/~([^01]|$)/.test(pointer)) {
    throw badRequest(`${shown} contains "~" not part of a recognized escape sequence.`);
  }
  return pointer
    .replace(/^\/+/, '')
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~').trim());
}

function refusedLocations(op: Operation): Fault {
  const verb = op === 'replace' ? 'update' : op;
  return forbidden(`It's not allowed to ${verb} locations if locations are invisible.`);
}

function requireSettable(name: string): void {
  const field = imageFieldsByName.get(name);
  if (field !== undefined && field.put === undefined) throw forbidden(`Attribute '${name}' is read-only.`);
  if (isReservedProperty(name)) throw forbidden(`Attribute '${name}' is reserved.`);
  if (name.length > 255) throw badRequest('Custom property should not be greater than 255 characters.');
}
