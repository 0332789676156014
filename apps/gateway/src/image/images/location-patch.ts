import { isRecord, shownValue } from '#libs/contracts';
import type { ImageChange } from '#libs/contracts';
import { badRequest } from '../errors/glance-faults.js';

/** Longest texts of what a request knows of data. */
const VALIDATION: Readonly<Record<string, number>> = { checksum: 32, os_hash_algo: 64, os_hash_value: 128 };

/**
 * `{"op": "add", "path": "/locations/-", "value": {"url": …, "metadata": {…}, "validation_data": {…}}}`, `replace` of
 * all of them, `remove` of one (glance.api.v2.images). Throws Fault 400.
 */
export function readLocationChange(
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
