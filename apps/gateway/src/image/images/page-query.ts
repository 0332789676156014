import type { ListArgs } from '#libs/contracts';
import { badRequest } from '../errors/glance-faults.js';

export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** glance's `limit_param_default`. */
const DEFAULT_LIMIT = 25;

/** The value of a parameter; the last one if it is repeated. */
export function lastOf(query: RawQuery, key: string): string | undefined {
  const found = query[key];
  return typeof found === 'string' || found === undefined ? found : found.at(-1);
}

/** `limit`, at most `maxLimit`. Throws Fault 400. */
export function parseLimit(text: string | undefined, maxLimit: number): number {
  if (text === undefined) return Math.min(DEFAULT_LIMIT, maxLimit);
  if (!/^-?\d{1,15}$/.test(text)) throw badRequest('limit param must be an integer');
  if (text.startsWith('-')) throw badRequest('limit param must be positive');
  return Math.min(Number(text), maxLimit);
}

/** The query of a list with one sort key and plain filters (tasks, metadata namespaces). Throws Fault 400. */
export function parsePage(
  query: RawQuery,
  maxLimit: number,
  sortKeys: readonly string[],
  filterNames: readonly string[],
): ListArgs & { readonly limit: number } {
  const key = lastOf(query, 'sort_key') ?? 'created_at';
  const dir = lastOf(query, 'sort_dir') ?? 'desc';
  const marker = lastOf(query, 'marker');
  if (!sortKeys.includes(key)) throw badRequest(`Invalid sort key: ${key.slice(0, 64)}`);
  if (dir !== 'asc' && dir !== 'desc') throw badRequest(`Invalid sort direction: ${dir.slice(0, 64)}`);
  if (marker !== undefined && (marker.length > 255 || marker.includes('\0'))) throw badRequest('Invalid marker');
  const filters = filterNames.flatMap((name) => {
    const value = lastOf(query, name);
    return value === undefined || value.includes('\0') ? [] : [[name, [value]] as const];
  });
  return {
    filters: Object.fromEntries(filters),
    limit: parseLimit(lastOf(query, 'limit'), maxLimit),
    sort_keys: [key],
    sort_dirs: [dir],
    ...(marker === undefined ? {} : { marker }),
  };
}

/** `first` and `next` of a page: paths that repeat the query. */
export function pageLinks(path: string, query: RawQuery, marker: string | undefined): object {
  const first = Object.entries(query).flatMap(([key, found]) => {
    if (key === 'marker' || found === undefined) return [];
    return (typeof found === 'string' ? [found] : found).map((value): [string, string] => [key, value]);
  });
  const linkTo = (pairs: [string, string][]): string => {
    const text = new URLSearchParams(pairs).toString();
    return text === '' ? path : `${path}?${text}`;
  };
  return { first: linkTo(first), ...(marker === undefined ? {} : { next: linkTo([...first, ['marker', marker]]) }) };
}
