import { shownValue } from '#libs/contracts';
import type { DataOf, Declaration, ListArgs } from '#libs/contracts';
import type { NetworkOptions } from '#libs/options';
import { Fault } from '../../edge/errors/fault.js';
import { badRequest, invalidInput } from '../errors/neutron-faults.js';
import { filterReaders } from './filters.js';

/** A query string as Fastify parses it: a text, or several if a key was repeated. */
export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The arguments of a list, plain. */
export type ListAsked = DataOf<ListArgs>;

/** The parsed query of a list. */
export interface ListQuery {
  readonly args: ListAsked;
  /** Attributes to show; empty: all. */
  readonly fields: readonly string[];
}

/** The configuration of lists. */
export interface ListRules {
  /** `pagination_max_limit`, or undefined for none. */
  readonly maxLimit?: number | undefined;
  /** `filter_validation = false`: unknown filters are ignored, and `changed_since` exists. @default false */
  readonly isLoose?: boolean;
}

/** `-1` and `infinite` mean no limit, and so does 0, as in neutron. */
export function listRules({
  paginationMaxLimit: most,
  filterValidation: isStrict,
}: Pick<NetworkOptions, 'paginationMaxLimit' | 'filterValidation'>): ListRules {
  const limit = Number(most);
  return { maxLimit: Number.isSafeInteger(limit) && limit > 0 ? limit : undefined, isLoose: !isStrict };
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
 * Parses the query of a list as neutron does (neutron.api.api_common). The filters and sort keys are declared with the
 * fields; a repeated filter means any of its values. A marker is used only together with a limit.
 * @throws a 400 Fault
 */
export function parseListQuery(declaration: Declaration, query: RawQuery, rules: ListRules = {}): ListQuery {
  const { maxLimit, isLoose = false } = rules;
  const asked = parseLimit(valuesOf(query, 'limit').at(-1));
  const limit = maxLimit === undefined ? asked : Math.min(asked === 0 ? maxLimit : asked, maxLimit);
  const marker = valuesOf(query, 'marker').at(-1);
  const paged = limit > 0;
  const reverse = valuesOf(query, 'page_reverse').at(-1)?.toLowerCase() === 'true';
  const args: ListAsked = {
    filters: parseFilters(declaration, query, isLoose),
    ...parseSort(declaration, query),
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
    const reason = `Limit must be an integer 0 or greater and not ${shownValue(text)}`;
    throw new Fault(400, `Bad limit request: ${reason}.`, { code: 'BadRequest' });
  }
  return Math.min(Number(text), LARGEST_LIMIT);
}

function checkedMarker(marker: string): string {
  // Longer than any id: a marker that no row can have is refused before it reaches the worker.
  if (marker.length > 255 || marker.includes('\0')) throw badRequest(`Invalid marker ${shownValue(marker)}`);
  return marker;
}

function parseFilters(declaration: Declaration, query: RawQuery, isLoose: boolean): Record<string, readonly string[]> {
  const readers = filterReaders(declaration, isLoose);
  const names = Object.keys(query).filter((name) => !CONTROL_KEYS.has(name));
  const unknown = names.filter((name) => !readers.has(name));
  if (unknown.length > 0 && !isLoose) {
    throw badRequest(`[${unknown.map(shownValue).join(', ')}] is invalid attribute for filtering`);
  }
  const filters: Record<string, readonly string[]> = {};
  for (const name of names) {
    const values = valuesOf(query, name);
    if (values.some((value) => value.includes('\0'))) throw badRequest(`Invalid value for filter ${name}`);
    const read = readers.get(name)?.(values) ?? {};
    if (typeof read === 'string') throw invalidInput(read);
    for (const [field, accepted] of Object.entries(read)) filters[field] = [...(filters[field] ?? []), ...accepted];
  }
  return filters;
}

function parseSort(declaration: Declaration, query: RawQuery): Pick<ListArgs, 'sort_keys' | 'sort_dirs'> {
  const keys = valuesOf(query, 'sort_key').filter((key) => key !== '');
  const dirs = valuesOf(query, 'sort_dir').filter((dir) => dir !== '');
  if (keys.length === 0 && dirs.length === 0) return {};
  if (keys.length !== dirs.length) throw badRequest('The number of sort_keys and sort_dirs must be same');
  const unknown = keys.filter((key) => declaration.byName.get(key)?.sort !== true);
  if (unknown.length > 0) {
    throw badRequest(`[${unknown.map(shownValue).join(', ')}] is invalid attribute for sort_keys`);
  }
  const sortKeys = keys.map((key) => declaration.byName.get(key)?.field ?? key);
  return { sort_keys: sortKeys, sort_dirs: dirs.map(checkedDirection) };
}

function checkedDirection(direction: string): 'asc' | 'desc' {
  if (direction === 'asc' || direction === 'desc') return direction;
  throw badRequest(`[${shownValue(direction)}] is invalid value for sort_dirs, valid value is 'asc' and 'desc'`);
}
