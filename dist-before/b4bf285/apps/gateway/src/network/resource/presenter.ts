import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Page } from '#libs/contracts';
import { baseUrl } from '../../edge/links.js';
import type { ListQuery, RawQuery } from '../query/list-query.js';
import { pageLinks } from '../query/page-links.js';
import { selectedFields } from '../query/selected-fields.js';
import { NetworkPolicy } from './network-policy.js';
import type { ResourceKind } from './resource-kind.js';

type Row = { readonly id: string };

/** Builds the answers of the Network API from the worker's objects, as far as the caller may see them. */
@Injectable()
export class Presenter {
  readonly #policy: NetworkPolicy;

  constructor(@Inject(NetworkPolicy) policy: NetworkPolicy) {
    this.#policy = policy;
  }

  one<D extends Row>(request: FastifyRequest, kind: ResourceKind<D>, data: D, fields: readonly string[] = []): object {
    return { [kind.singular]: this.#show(request, kind, data, fields) };
  }

  /** The answer of a create, in the form of its body: one resource, or the list of a bulk create. */
  created<D extends Row>(request: FastifyRequest, kind: ResourceKind<D>, bulk: boolean, rows: readonly D[]): object {
    const [first] = rows;
    if (!bulk && first !== undefined) return this.one(request, kind, first);
    return { [kind.plural]: rows.map((row) => this.#show(request, kind, row, [])) };
  }

  list<D extends Row>(
    request: FastifyRequest,
    kind: ResourceKind<D>,
    query: { readonly raw: RawQuery; readonly parsed: ListQuery },
    page: Page<D>,
  ): object {
    const { args, fields } = query.parsed;
    const found = { ids: page.objects.map((row) => row.id), more: page.next_marker !== null };
    const links = pageLinks(`${baseUrl(request)}/v2.0/${kind.plural}`, query.raw, args, found);
    return {
      [kind.plural]: page.objects.map((row) => this.#show(request, kind, row, fields)),
      ...(links.length === 0 ? {} : { [`${kind.plural}_links`]: links }),
    };
  }

  #show<D extends Row>(request: FastifyRequest, kind: ResourceKind<D>, data: D, fields: readonly string[]): object {
    return selectedFields(this.#policy.visible(request, kind.singular, kind.view(data)), fields);
  }
}
