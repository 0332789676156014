import type { ListArgs } from '#libs/contracts';
import { badRequest } from '../errors/glance-faults.js';
import { filterValues } from './in-list.js';

export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a listing was asked for; `impossible` when no image can match, so that nobody need be asked. */
export interface ImagesQuery {
  readonly args: ListArgs;
  readonly impossible: boolean;
}

/** glance's `limit_param_default`. */
const DEFAULT_LIMIT = 25;

const IN_LISTS: ReadonlySet<string> = new Set(['id', 'name', 'status', 'disk_format', 'container_format']);
const PLAIN: ReadonlySet<string> = new Set(['owner', 'tag']);
const FLAGS: ReadonlySet<string> = new Set(['protected', 'os_hidden']);
const VISIBILITIES: ReadonlySet<string> = new Set(['public', 'private', 'shared', 'community', 'all']);
const MEMBER_STATUSES: ReadonlySet<string> = new Set(['accepted', 'pending', 'rejected', 'all']);
const SORT_KEYS: ReadonlySet<string> = new Set([
  'name',
  'status',
  'container_format',
  'disk_format',
  'size',
  'id',
  'created_at',
  'updated_at',
]);
const CONTROL: ReadonlySet<string> = new Set(['limit', 'marker', 'sort', 'sort_key', 'sort_dir']);

/**
 * Reads the query of `GET /v2/images` (glance.api.v2.images).
 * @param maxLimit most images of a page; also of one that asks for more
 * @throws Fault 400
 */
export function parseImagesQuery(query: RawQuery, maxLimit: number): ImagesQuery {
  const filters: Record<string, string[]> = {};
  let impossible = false;
  for (const [name, found] of Object.entries(query)) {
    if (CONTROL.has(name) || found === undefined) continue;
    for (const text of typeof found === 'string' ? [found] : found) {
      if (text.includes('\0')) throw badRequest(`Invalid value for the filter ${name}.`);
      const values = valuesOf(name, text);
      impossible ||= values === 'none';
      if (typeof values !== 'string') (filters[name] ??= []).push(...values);
    }
  }
  // Hidden images are only listed for who asks for them.
  if (filters['os_hidden'] === undefined) filters['os_hidden'] = ['false'];
  const marker = single(query, 'marker');
  const args: ListArgs = {
    filters,
    limit: Math.min(parseLimit(single(query, 'limit')), maxLimit),
    ...(marker === undefined ? {} : { marker: checkedMarker(marker) }),
    ...parseSort(query),
  };
  return { args, impossible };
}

/** The worker's values of a filter; `any` when it filters nothing, `none` when nothing can match. */
function valuesOf(name: string, text: string): readonly string[] | 'any' | 'none' {
  if (IN_LISTS.has(name)) return filterValues(name, text);
  if (PLAIN.has(name)) return [text];
  if (FLAGS.has(name)) return [flag(name, text)];
  if (name === 'visibility') {
    if (!VISIBILITIES.has(text)) throw badRequest(`Invalid visibility value: ${cut(text)}`);
    return text === 'all' ? 'any' : [text];
  }
  if (name === 'member_status') {
    if (!MEMBER_STATUSES.has(text)) throw badRequest(`Invalid status: ${cut(text)}`);
    // No image has members here, so none waits for or was refused by one.
    return text === 'accepted' || text === 'all' ? 'any' : 'none';
  }
  throw badRequest(`Filtering by ${cut(name)} is not supported.`);
}

function flag(name: string, text: string): string {
  const value = text.toLowerCase();
  if (value === 'true' || value === 'false') return value;
  throw badRequest(`Invalid value for the filter ${name}: expected true or false, found ${cut(text)}.`);
}

function parseLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  if (!/^-?\d{1,15}$/.test(text)) throw badRequest('limit param must be an integer');
  if (text.startsWith('-')) throw badRequest('limit param must be positive');
  return Number(text);
}

function checkedMarker(marker: string): string {
  if (marker.length > 255 || marker.includes('\0')) throw badRequest(`Invalid marker ${cut(marker)}`);
  return marker;
}

/** `sort=name:asc,size`, or `sort_key` and `sort_dir`, each repeated; newest first by default. */
function parseSort(query: RawQuery): Pick<ListArgs, 'sort_keys' | 'sort_dirs'> {
  const [sort, keys, dirs] = [single(query, 'sort'), all(query, 'sort_key'), all(query, 'sort_dir')];
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

function single(query: RawQuery, key: string): string | undefined {
  return all(query, key).at(-1);
}

function cut(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}…` : text;
}
