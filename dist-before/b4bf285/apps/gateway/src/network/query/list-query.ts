import type { ListArgs } from '#libs/contracts';
import { shownValue } from '../attributes/shown-value.js';
import { badRequest } from '../errors/neutron-faults.js';
import { readFilter } from './filters.js';
import type { FilterTable } from './filters.js';

/** A query string as Fastify parses it: a text, or several where a key was repeated. */
export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a list was asked for. */
export interface ListQuery {
  readonly args: ListArgs;
  /** Attributes to show; empty: all. */
  readonly fields: readonly string[];
}

const CONTROL_KEYS: ReadonlySet<string> = new Set([
  'fields',
  'sort_key',
  'sort_dir',
  'limit',
  'marker',
  'page_reverse',
]);

/** All values of a key, in order. */
export function valuesOf(query: RawQuery, key: string): readonly string[] {
  const found = query[key];
  if (found === undefined) return [];
  return typeof found === 'string' ? [found] : found;
}

/**
 * Reads the query of a list as neutron does (neutron.api.api_common). Every attribute may be a filter, and a repeated
 * one means any of its values. A marker counts only beside a limit.
 * @param maxLimit `pagination_max_limit`, or undefined for none
 * @throws a 400 Fault
 */
export function parseListQuery(filters: FilterTable, query: RawQuery, maxLimit?: number): ListQuery {
  const asked = parseLimit(valuesOf(query, 'limit').at(-1));
  const limit = maxLimit === undefined ? asked : Math.min(asked === 0 ? maxLimit : asked, maxLimit);
  const marker = valuesOf(query, 'marker').at(-1);
  const paged = limit > 0;
  const reverse = valuesOf(query, 'page_reverse').at(-1)?.toLowerCase() === 'true';
  const args: ListArgs = {
    filters: parseFilters(filters, query),
    ...parseSort(filters, query),
    ...(paged ? { limit } : {}),
    ...(paged && marker !== undefined && marker !== '' ? { marker: checkedMarker(marker) } : {}),
    ...(paged && reverse ? { page_reverse: true } : {}),
  };
  return { args, fields: parseFields(query) };
}

/** `fields=id&fields=name`. */
export function parseFields(query: RawQuery): readonly string[] {
  return valuesOf(query, 'fields').filter((field) => field !== '');
}

const LARGEST_LIMIT = 100_000;

function parseLimit(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  if (!/^\d{1,15}$/.test(text)) {
    throw badRequest(`Limit must be an integer 0 or greater and not ${shownValue(text)}`);
  }
  return Math.min(Number(text), LARGEST_LIMIT);
}

function checkedMarker(marker: string): string {
  // Longer than any id: what no row can have is refused before it reaches the worker.
  if (marker.length > 255 || marker.includes('\0')) throw badRequest(`Invalid marker ${shownValue(marker)}`);
  return marker;
}

function parseFilters(table: FilterTable, query: RawQuery): Record<string, string[]> {
  const names = Object.keys(query).filter((name) => !CONTROL_KEYS.has(name));
  const unknown = names.filter((name) => !table.has(name));
  if (unknown.length > 0) {
    throw badRequest(`[${unknown.map(shownValue).join(', ')}] is invalid attribute for filtering`);
  }
  const filters: Record<string, string[]> = {};
  for (const name of names) {
    const entry = table.get(name);
    if (entry === undefined) continue;
    for (const [field, value] of readFilter(name, entry.kind, entry.field, valuesOf(query, name))) {
      (filters[field] ??= []).push(value);
    }
  }
  return filters;
}

function parseSort(table: FilterTable, query: RawQuery): Pick<ListArgs, 'sort_keys' | 'sort_dirs'> {
  const keys = valuesOf(query, 'sort_key');
  const dirs = valuesOf(query, 'sort_dir');
  if (keys.length === 0 && dirs.length === 0) return {};
  if (keys.length !== dirs.length) throw badRequest('The number of sort_keys and sort_dirs must be same');
  const unknown = keys.filter((key) => !isSortable(table, key));
  if (unknown.length > 0) {
    throw badRequest(`[${unknown.map(shownValue).join(', ')}] is invalid attribute for sort keys`);
  }
  return { sort_keys: keys.map((key) => table.get(key)?.field ?? key), sort_dirs: dirs.map(checkedDirection) };
}

/** A list has no order. */
function isSortable(table: FilterTable, key: string): boolean {
  const entry = table.get(key);
  return entry !== undefined && entry.kind !== 'fixed_ips';
}

function checkedDirection(direction: string): 'asc' | 'desc' {
  if (direction === 'asc' || direction === 'desc') return direction;
  throw badRequest(`[${shownValue(direction)}] is invalid value for sort_dirs, valid value is 'asc' and 'desc'`);
}
