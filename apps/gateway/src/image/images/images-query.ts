import type { ListArgs } from '#libs/contracts';
import { imageFields, VISIBILITIES } from '#libs/contracts';
import { badRequest } from '../errors/glance-faults.js';
import type { RawQuery } from './page-query.js';
import { lastOf, parseLimit } from './page-query.js';

/**
 * The values of a filter: one (also after `eq:`), or several after `in:`, separated by commas; another word before a
 * colon is an unknown operator (glance.common.utils.split_filter_op). A value with a comma must be in double quotes,
 * inside which a backslash escapes the next character (glance.common.utils.split_filter_value_for_quotes). Throws 400
 * for quotes that do not close.
 */
function filterValues(name: string, text: string): readonly string[] {
  const [, operator = 'eq', value = text] = /^([^:]*):(.*)$/s.exec(text) ?? [];
  if (operator === 'eq') return [value];
  if (operator !== 'in') throw badRequest(`Unable to filter by unknown operator '${operator.slice(0, 64)}'.`);
  const values: string[] = [];
  let current = '';
  let quoted = false;
  for (let at = 3; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quoted && character === '\\' && at + 1 < text.length) {
      at += 1;
      current += text.charAt(at);
    } else if (character === '"') quoted = !quoted;
    else if (character === ',' && !quoted) {
      values.push(current);
      current = '';
    } else current += character;
  }
  if (quoted) throw badRequest(`Invalid filter value for ${name}: the quote is not closed.`);
  return [...values, current];
}

const IN_LISTS: ReadonlySet<string> = new Set(['id', 'name', 'status', 'disk_format', 'container_format']);
const VISIBILITY_FILTERS: ReadonlySet<string> = new Set([...VISIBILITIES, 'all']);
const MEMBER_STATUSES: ReadonlySet<string> = new Set(['accepted', 'pending', 'rejected', 'all']);
const SORT_KEYS: ReadonlySet<string> = new Set(imageFields.filter(({ sort }) => sort).map(({ name }) => name));
/** Parameters of a list's query other than filters. */
export const CONTROL: ReadonlySet<string> = new Set(['limit', 'marker', 'sort', 'sort_key', 'sort_dir']);

/**
 * Parses the query of `GET /v2/images` (glance.api.v2.images).
 * @param maxLimit maximum images of a page, also if more are requested
 * @throws Fault 400
 */
export function parseImagesQuery(query: RawQuery, maxLimit: number): ListArgs & { readonly limit: number } {
  const filters: Record<string, readonly string[]> = {};
  for (const [name, found] of Object.entries(query)) {
    if (CONTROL.has(name) || found === undefined) continue;
    const texts = typeof found === 'string' ? [found] : found;
    if (texts.some((text) => text.includes('\0'))) throw badRequest(`Invalid value for the filter ${cut(name)}.`);
    if (name === 'tag') filters['tag'] = texts.map((text) => text.trim());
    // If a parameter is repeated, the last one is used.
    else filters[name] = valuesOf(name, texts.at(-1) ?? '');
  }
  // Hidden images are only listed if they are requested.
  filters['os_hidden'] ??= ['false'];
  const marker = lastOf(query, 'marker');
  return {
    filters,
    limit: parseLimit(lastOf(query, 'limit'), maxLimit),
    ...(marker === undefined ? {} : { marker: checkedMarker(marker) }),
    ...parseSort(query),
  };
}

/** The worker's values of a filter. A name that is no field of an image is the name of a property. */
function valuesOf(name: string, text: string): readonly string[] {
  if (IN_LISTS.has(name)) return filterValues(name, text);
  if (name === 'os_hidden') return [flag(name, text.toLowerCase())];
  if (name === 'protected') return [flag(name, text)];
  if (name === 'visibility' && !VISIBILITY_FILTERS.has(text)) {
    throw badRequest(`Invalid visibility value: ${cut(text)}`);
  }
  if (name === 'member_status' && !MEMBER_STATUSES.has(text)) throw badRequest(`Invalid status: ${cut(text)}`);
  if (name === 'changes-since') throw badRequest('The "changes-since" filter is no longer available on v2.');
  return [text];
}

function flag(name: string, text: string): string {
  if (text === 'true' || text === 'false') return text;
  throw badRequest(`Invalid value '${cut(text)}' for '${name}' filter. Valid values are 'true' or 'false'.`);
}

function checkedMarker(marker: string): string {
  if (marker.length > 255 || marker.includes('\0')) throw badRequest(`Invalid marker ${cut(marker)}`);
  return marker;
}

/** `sort=name:asc,size`, or `sort_key` and `sort_dir`, each repeated; newest first by default. */
function parseSort(query: RawQuery): Pick<ListArgs, 'sort_keys' | 'sort_dirs'> {
  const [sort, keys, dirs] = [lastOf(query, 'sort'), all(query, 'sort_key'), all(query, 'sort_dir')];
  if (sort !== undefined && (keys.length > 0 || dirs.length > 0)) {
    throw badRequest('Old and new sorting syntax cannot be combined');
  }
  const pairs = sort === undefined ? oldPairs(keys, dirs) : sort.split(',').map((part) => part.trim().split(':'));
  const parsed = pairs.map(([key = '', dir = 'desc']) => ({ key: sortKey(key), dir: sortDir(dir) }));
  return { sort_keys: parsed.map(({ key }) => key), sort_dirs: parsed.map(({ dir }) => dir) };
}

function oldPairs(keys: readonly string[], dirs: readonly string[]): readonly (readonly string[])[] {
  const wanted = keys.length === 0 ? ['created_at'] : keys;
  if (dirs.length > 1 && dirs.length !== wanted.length) {
    throw badRequest('Number of sort dirs does not match the number of sort keys');
  }
  return wanted.map((key, index) => [key, (dirs.length === 1 ? dirs[0] : dirs[index]) ?? 'desc']);
}

function sortKey(key: string): string {
  if (SORT_KEYS.has(key)) return key;
  throw badRequest(`Invalid sort key: ${cut(key)}. It must be one of the following: ${[...SORT_KEYS].join(', ')}.`);
}

function sortDir(dir: string): 'asc' | 'desc' {
  if (dir === 'asc' || dir === 'desc') return dir;
  throw badRequest(`Invalid sort direction: ${cut(dir)}. It must be one of the following: asc, desc.`);
}

function all(query: RawQuery, key: string): readonly string[] {
  const found = query[key];
  if (found === undefined) return [];
  return typeof found === 'string' ? [found] : found;
}

function cut(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}…` : text;
}
