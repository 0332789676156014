import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Declaration, Page } from '#libs/contracts';
import { baseUrl } from '../../edge/links.js';
import type { ListQuery, RawQuery } from '../query/list-query.js';
import { pageLinks } from '../query/page-links.js';
import { selectedFields } from '../query/selected-fields.js';
import { NetworkPolicy } from './network-policy.js';
import { viewOf } from './view.js';

/** Builds the answers of the Network API from the worker's objects, as far as the caller may see them. */
@Injectable()
export class Presenter {
  readonly #policy: NetworkPolicy;

  constructor(@Inject(NetworkPolicy) policy: NetworkPolicy) {
    this.#policy = policy;
  }

  one(request: FastifyRequest, declaration: Declaration, data: object, fields: readonly string[] = []): object {
    return { [declaration.singular]: this.#show(request, declaration, data, fields) };
  }

  /** The answer of a create, in the form of its body: one resource, or the list of a bulk create. */
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
