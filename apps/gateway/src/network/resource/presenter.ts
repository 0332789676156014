import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { viewOf } from '#libs/contracts';
import type { Declaration, ListArgs, Page } from '#libs/contracts';
import { baseUrl } from '../../edge/links.js';
import type { ListQuery, RawQuery } from '../query/list-query.js';
import { valuesOf } from '../query/list-query.js';
import { NetworkPolicy } from './network-policy.js';

/** The attributes of a view that a request selected; all of them when it named none. Unknown names are ignored. */
export function selectedFields(
  view: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): Readonly<Record<string, unknown>> {
  if (fields.length === 0) return view;
  const selected: Record<string, unknown> = {};
  for (const field of fields) if (Object.hasOwn(view, field)) selected[field] = view[field];
  return selected;
}

interface PageLink {
  readonly rel: 'next' | 'previous';
  readonly href: string;
}

/**
 * The `<collection>_links` of a page, as in neutron (neutron.api.api_common.get_pagination_links): a full page has
 * both; a page that is not full is the last in its direction.
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

/** Builds the responses of the Network API from the worker's objects, as far as the caller may see them. */
@Injectable()
export class Presenter {
  readonly #policy: NetworkPolicy;

  constructor(@Inject(NetworkPolicy) policy: NetworkPolicy) {
    this.#policy = policy;
  }

  one(request: FastifyRequest, declaration: Declaration, data: object, fields: readonly string[] = []): object {
    return { [declaration.singular]: this.#show(request, declaration, data, fields) };
  }

  /** The response of a create, in the form of its body: one resource, or the list of a bulk create. */
  created(request: FastifyRequest, declaration: Declaration, bulk: boolean, rows: readonly object[]): object {
    const [first] = rows;
    if (!bulk && first !== undefined) return this.one(request, declaration, first);
    return { [declaration.plural]: rows.map((row) => this.#show(request, declaration, row, [])) };
  }

  list(
    request: FastifyRequest,
    declaration: Declaration,
    query: { readonly raw: RawQuery; readonly parsed: ListQuery },
    page: Page<object>,
  ): object {
    const { args, fields } = query.parsed;
    const { plural } = declaration;
    const ids = page.objects.map((row) => String(Reflect.get(row, 'id')));
    const url = `${baseUrl(request)}${request.url.split('?')[0]}`;
    const links = pageLinks(url, query.raw, args, ids);
    return {
      [plural]: page.objects.map((row) => this.#show(request, declaration, row, fields)),
      ...(links.length === 0 ? {} : { [`${plural}_links`]: links }),
    };
  }

  #show(request: FastifyRequest, declaration: Declaration, data: object, fields: readonly string[]): object {
    return selectedFields(this.#policy.visible(request, declaration, viewOf(declaration, data)), fields);
  }
}
