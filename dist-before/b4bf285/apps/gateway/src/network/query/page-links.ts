import type { ListArgs } from '#libs/contracts';
import { valuesOf } from './list-query.js';
import type { RawQuery } from './list-query.js';

export interface PageLink {
  readonly rel: 'next' | 'previous';
  readonly href: string;
}

/** A page as it came from the worker. */
export interface FoundPage {
  readonly ids: readonly string[];
  /** Whether there are rows beyond this page, in the direction of the listing. */
  readonly more: boolean;
}

/**
 * The `<collection>_links` of a page: where the rows before and after it are. neutron gives them by guessing from the
 * page's size; here the worker knows, so a last page that happens to be full has no `next`.
 * @param url address of the collection, without query
 */
export function pageLinks(url: string, query: RawQuery, args: ListArgs, page: FoundPage): readonly PageLink[] {
  const first = page.ids.at(0);
  const last = page.ids.at(-1);
  if (args.limit === undefined || first === undefined || last === undefined) return [];
  const reverse = args.page_reverse === true;
  const hasNext = reverse ? args.marker !== undefined : page.more;
  const hasPrevious = reverse ? page.more : args.marker !== undefined;
  return [
    ...(hasNext ? [{ rel: 'next', href: href(url, query, last, false) } as const] : []),
    ...(hasPrevious ? [{ rel: 'previous', href: href(url, query, first, true) } as const] : []),
  ];
}

function href(url: string, query: RawQuery, marker: string, reverse: boolean): string {
  const parameters = new URLSearchParams();
  for (const key of Object.keys(query)) {
    if (key === 'marker' || key === 'page_reverse') continue;
    for (const value of valuesOf(query, key)) parameters.append(key, value);
  }
  parameters.append('marker', marker);
  if (reverse) parameters.append('page_reverse', 'True');
  return `${url}?${parameters.toString()}`;
}
