import type { FastifyRequest } from 'fastify';
import { Inject, Injectable } from '@nestjs/common';
import { MetadefItem, MetadefItems } from '#libs/contracts';
import type { MetadefItemInput, MetadefKind } from '#libs/contracts';
import { ImageClient } from '../../edge/rpc/clients.js';
import { nameOf, readItem, recordOf } from './metadef-bodies.js';
import { itemView, itemsView } from './metadef.views.js';

/** The operations on the definitions of a namespace, whatever their kind. */
@Injectable()
export class MetadefItemCalls {
  constructor(@Inject(ImageClient) private readonly images: ImageClient) {}

  async list(request: FastifyRequest, namespace: string, kind: MetadefKind): Promise<unknown> {
    const args = { namespace: nameOf('namespace', namespace), kind };
    const found = await this.images.call(request, 'metadef_item_list', args);
    return itemsView(namespace, kind, MetadefItems.unwrap(found).items);
  }

  async show(request: FastifyRequest, namespace: string, kind: MetadefKind, name: string): Promise<object> {
    const args = { namespace: nameOf('namespace', namespace), kind, name: nameOf(kind, name) };
    return itemView(namespace, MetadefItem.unwrap(await this.images.call(request, 'metadef_item_get', args)));
  }

  /** Creates one definition from the body; a tag has its name in the path. */
  async create(request: FastifyRequest, namespace: string, kind: MetadefKind, name?: string): Promise<object> {
    const item = name === undefined ? readItem(kind, recordOf(request.body)) : readItem(kind, {}, name);
    const [created] = await this.createAll(request, namespace, kind, [item]);
    return created ?? {};
  }

  async createAll(
    request: FastifyRequest,
    namespace: string,
    kind: MetadefKind,
    items: readonly MetadefItemInput[],
    all?: 'replace' | 'append',
  ): Promise<readonly object[]> {
    const args = { namespace: nameOf('namespace', namespace), kind, items, ...(all === undefined ? {} : { all }) };
    const found = MetadefItems.unwrap(await this.images.call(request, 'metadef_item_create', args));
    return found.items.map((item) => itemView(namespace, item));
  }

  async update(request: FastifyRequest, namespace: string, kind: MetadefKind, name: string): Promise<object> {
    const item = readItem(kind, recordOf(request.body));
    const found = await this.images.call(request, 'metadef_item_update', {
      namespace: nameOf('namespace', namespace),
      kind,
      name: nameOf(kind, name),
      new_name: item.name,
      body: item.body,
    });
    return itemView(namespace, MetadefItem.unwrap(found));
  }

  async remove(request: FastifyRequest, namespace: string, kind: MetadefKind, name: string): Promise<void> {
    const args = { namespace: nameOf('namespace', namespace), kind, name: nameOf(kind, name) };
    await this.images.call(request, 'metadef_item_delete', args);
  }

  async clear(request: FastifyRequest, namespace: string, kind: MetadefKind): Promise<void> {
    await this.images.call(request, 'metadef_item_clear', { namespace: nameOf('namespace', namespace), kind });
  }
}
