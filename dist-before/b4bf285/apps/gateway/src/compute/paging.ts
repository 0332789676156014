import type { FastifyRequest } from 'fastify';
import { Fault } from '../edge/errors/fault.js';
import { lastOf, valuesOf, wholeNumber } from '../edge/query/query.js';
import type { Query } from '../edge/query/query.js';
import type { Link, ResourceLinks } from './resource-links.js';

/** Which page of a list is asked for. */
export interface PageRequest {
  readonly limit: number;
  readonly marker?: string;
  readonly sort_keys?: string[];
  readonly sort_dirs?: ('asc' | 'desc')[];
}

/** `limit` (0 and absent are the bound itself) and `marker`. */
export function pageOf(query: Query, maxLimit: number): Pick<PageRequest, 'limit' | 'marker'> {
  const limit = Math.min(wholeNumber(query, 'limit') || maxLimit, maxLimit);
  const marker = lastOf(query, 'marker');
  return marker === undefined ? { limit } : { limit, marker };
}

/** `sort_key` and `sort_dir`, repeated; `keys` maps nova's names to the bus's. Throws Fault 400 for others. */
export function sortOf(
  query: Query,
  keys: Readonly<Record<string, string>>,
): Pick<PageRequest, 'sort_keys' | 'sort_dirs'> {
  const wanted = valuesOf(query, 'sort_key');
  if (wanted.length === 0) return {};
  const sortKeys = wanted.map((name) => {
    const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
    if (key === undefined) throw notOneOf('sort_key', name, Object.keys(keys));
    return key;
  });
  const directions = valuesOf(query, 'sort_dir').map((text) => {
    if (text !== 'asc' && text !== 'desc') throw notOneOf('sort_dir', text, ['asc', 'desc']);
    return text;
  });
  return { sort_keys: sortKeys, sort_dirs: sortKeys.map((_key, at) => directions[at] ?? directions[0] ?? 'desc') };
}

function notOneOf(name: string, value: string, values: readonly string[]): Fault {
  const shown = value.slice(0, 64);
  const list = values.map((one) => `'${one}'`).join(', ');
  return new Fault(
    400,
    `Invalid input for query parameters ${name}. Value: ${shown}. '${shown}' is not one of [${list}]`,
    { code: 'InvalidSortKey', facts: { field: name } },
  );
}

/** `{ servers_links: [next] }` when there is a page after this one, else nothing. */
export function nextLinks(
  name: string,
  path: string,
  request: FastifyRequest,
  links: ResourceLinks,
  marker: string | null,
): Record<string, Link[]> {
  if (marker === null) return {};
  const { url } = request;
  const at = url.indexOf('?');
  const parameters = new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
  parameters.set('marker', marker);
  return { [`${name}_links`]: [{ rel: 'next', href: `${links.self(path)}?${parameters.toString()}` }] };
}
