import type { ListArgs } from '#libs/contracts';
import { valuesOf } from './list-query.js';
import type { RawQuery } from './list-query.js';

export interface PageLink {
  readonly rel: 'next' | 'previous';
  readonly href: string;
}

/**
 * The `<collection>_links` of a page, as neutron gives them (neutron.api.api_common.get_pagination_links): a full page
 * has both, one that is not full is the last in its direction.
 * @param url address of the collection, without query
 */
export function pageLinks(url: string, query: RawQuery, args: ListArgs, ids: readonly string[]): readonly PageLink[] {
  const { limit } = args;
  if (limit === undefined || limit === null) return [];
  const reverse = args.page_reverse === true;
  const short = ids.length < limit;
  return [
    ...(short && !reverse ? [] : [{ rel: 'next', href: href(url, query, ids.at(-1), false) } as const]),
    ...(short && reverse ? [] : [{ rel: 'previous', href: href(url, query, ids.at(0), true) } as const]),
  ];
}

function href(url: string, query: RawQuery, marker: string | undefined, reverse: boolean): string {
  const parameters = new URLSearchParams();
  for (const key of Object.keys(query)) {
    if (key === 'marker' || key === 'page_reverse') continue;
    for (const value of valuesOf(query, key)) parameters.append(key, value);
  }
  if (marker !== undefined) parameters.append('marker', marker);
  if (reverse) parameters.append('page_reverse', 'True');
  return `${url}?${parameters.toString()}`;
}
