import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ApiOptions } from '#libs/options';
import { Fault } from '../edge/errors/fault.js';
import { lastOf, queryOf, valuesOf, wholeNumber } from '../edge/query/query.js';
import type { Query } from '../edge/query/query.js';
import { ResourceLinks } from './resource-links.js';
import type { Link } from './resource-links.js';

/** The requested page of a list. */
export interface PageAsked {
  readonly limit: number;
  readonly marker?: string;
}

interface SortAsked {
  readonly sort_keys?: string[];
  readonly sort_dirs?: ('asc' | 'desc')[];
}

/** No id or name is longer. */
const MAX_MARKER = 255;

/** Pages of lists: the requested page, and the link to the next one. */
@Injectable()
export class Pages {
  constructor(@Inject(ApiOptions) private readonly api: ApiOptions) {}

  links(request: FastifyRequest): ResourceLinks {
    return new ResourceLinks(request, this.api.computeLinkPrefix);
  }

  /**
   * `limit` (absent: the maximum itself; 0: nothing) and `marker`. Throws Fault 400 for a marker that no object can
   * have; `emptyIsNone`: an empty one is none, as nova has it for servers and migrations.
   */
  asked(request: FastifyRequest, { emptyIsNone = false }: { readonly emptyIsNone?: boolean } = {}): PageAsked {
    const query = queryOf(request);
    const { maxLimit } = this.api;
    const limit = Math.min(wholeNumber(query, 'limit') ?? maxLimit, maxLimit);
    const marker = lastOf(query, 'marker');
    if (marker !== undefined && marker.length > MAX_MARKER) {
      throw new Fault(400, `marker [${marker.slice(0, 64)}…] not found`, { code: 'MarkerNotFound' });
    }
    return marker === undefined || (emptyIsNone && marker === '') ? { limit } : { limit, marker };
  }

  /** `{ servers_links: [next] }` when there is a next page, otherwise an empty object. `path` is below the version. */
  next(request: FastifyRequest, name: string, path: string, marker: string | null): Record<string, Link[]> {
    if (marker === null) return {};
    const { url } = request;
    const at = url.indexOf('?');
    const parameters = new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
    parameters.set('marker', marker);
    const href = `${this.links(request).self(path)}?${parameters.toString()}`;
    return { [`${name}_links`]: [{ rel: 'next', href }] };
  }
}

/**
 * `sort_key` and `sort_dir`, repeated; `keys` maps nova's names to the bus's; those of `passed` are ignored together
 * with their direction. Throws Fault 400 for others.
 */
export function sortOf(
  query: Query,
  keys: Readonly<Record<string, string>>,
  passed: readonly string[] = [],
): SortAsked {
  const given = valuesOf(query, 'sort_key');
  const wanted = given.filter((name) => !passed.includes(name));
  const sortKeys = wanted.map((name) => {
    const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
    if (key === undefined) throw notOneOf('sort_key', name, Object.keys(keys));
    return key;
  });
  const directions = valuesOf(query, 'sort_dir')
    .map((text) => {
      if (text !== 'asc' && text !== 'desc') throw notOneOf('sort_dir', text, ['asc', 'desc']);
      return text;
    })
    .filter((_text, at) => !passed.includes(given[at] ?? ''));
  if (wanted.length === 0) return {};
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
