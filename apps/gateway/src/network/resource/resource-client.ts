import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Declaration, InputOf, ListArgs, Page, ResourceArgs, TagArgs } from '#libs/contracts';
import { NetworkClient } from '../../edge/rpc/clients.js';
import type { Target } from './target.js';

/** The calls to the topic network for declared resources. */
@Injectable()
export class ResourceClient {
  constructor(@Inject(NetworkClient) private readonly client: NetworkClient) {}

  async list<R extends object>(request: FastifyRequest, declaration: Declaration<R>, args: ListArgs): Promise<Page<R>> {
    return declaration.page.unwrap(await this.client.callDeclared(request, declaration, 'list', args));
  }

  async create<R extends object>(
    request: FastifyRequest,
    declaration: Declaration<R>,
    inputs: readonly InputOf<R>[],
  ): Promise<Page<R>> {
    return declaration.page.unwrap(
      await this.client.callDeclared(request, declaration, 'create', { [declaration.plural]: inputs }),
    );
  }

  async get<R extends object>(request: FastifyRequest, declaration: Declaration<R>, args: ResourceArgs): Promise<R> {
    return declaration.object.unwrap(await this.client.callDeclared(request, declaration, 'get', args));
  }

  async update<R extends object>(
    request: FastifyRequest,
    declaration: Declaration<R>,
    target: Target,
    input: InputOf<R>,
  ): Promise<R> {
    const args = { ...target, [declaration.singular]: input };
    return declaration.object.unwrap(await this.client.callDeclared(request, declaration, 'update', args));
  }

  async delete(request: FastifyRequest, declaration: Declaration, target: Target): Promise<void> {
    await this.client.callDeclared(request, declaration, 'delete', target);
  }

  /** Returns a versioned object of the resource, or the action's own object. */
  act(request: FastifyRequest, declaration: Declaration, action: string, args: object): Promise<object> {
    return this.client.callDeclared(request, declaration, action, args);
  }

  changeTags(request: FastifyRequest, args: TagArgs): Promise<readonly string[]> {
    return this.client.call(request, 'tag_update', args);
  }
}
