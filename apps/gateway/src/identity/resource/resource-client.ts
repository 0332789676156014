import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Declaration, InputOf, ListArgs, Page, ResourceTarget } from '#libs/contracts';
import { Edge } from '../../edge/edge.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { CatalogReader } from '../catalog/catalog-reader.js';

/** The calls to the topic identity for declared resources. */
@Injectable()
export class IdentityResourceClient {
  constructor(
    @Inject(IdentityClient) private readonly client: IdentityClient,
    @Inject(Edge) private readonly edge: Edge,
    @Inject(CatalogReader) private readonly catalog: CatalogReader,
  ) {}

  async list<R extends object>(request: FastifyRequest, declaration: Declaration<R>, args: ListArgs): Promise<Page<R>> {
    return declaration.page.unwrap(await this.client.callDeclared(request, declaration, 'list', args));
  }

  async get<R extends object>(request: FastifyRequest, declaration: Declaration<R>, args: ResourceTarget): Promise<R> {
    return declaration.object.unwrap(await this.client.callDeclared(request, declaration, 'get', args));
  }

  async create<R extends object>(
    request: FastifyRequest,
    declaration: Declaration<R>,
    inputs: readonly InputOf<R>[],
  ): Promise<readonly R[]> {
    const made = await this.client.callDeclared<Page<R>>(request, declaration, 'create', {
      [declaration.plural]: inputs,
    });
    await this.#changed(declaration);
    return declaration.page.unwrap(made).objects;
  }

  async update<R extends object>(
    request: FastifyRequest,
    declaration: Declaration<R>,
    target: ResourceTarget,
    input: InputOf<R>,
  ): Promise<R> {
    const args = Object.assign({}, target, { [declaration.singular]: input });
    const data = declaration.object.unwrap(await this.client.callDeclared<R>(request, declaration, 'update', args));
    await this.#changed(declaration);
    return data;
  }

  async delete(request: FastifyRequest, declaration: Declaration, target: ResourceTarget): Promise<void> {
    await this.client.callDeclared(request, declaration, 'delete', target);
    await this.#changed(declaration);
    // Token revocations take effect here before the client gets its response.
    if (declaration.singular === 'group') await this.edge.revocations.refreshNow();
  }

  async #changed({ singular }: Declaration): Promise<void> {
    if (['service', 'endpoint', 'region', 'service_provider'].includes(singular)) this.catalog.forget();
  }
}
