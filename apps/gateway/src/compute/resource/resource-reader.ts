import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { declarationOf } from '#libs/contracts';
import type { Page, ResourceClass, VersionedObject } from '#libs/contracts';
import { Fault } from '../../edge/errors/fault.js';
import { ConductorClient } from '../../edge/rpc/clients.js';

/** What the conductor has of declared resources. */
@Injectable()
export class ResourceReader {
  constructor(private readonly conductor: ConductorClient) {}

  /** `args` of the resource's list; `elevated` asks as an administrator. */
  async list<R extends object>(
    request: FastifyRequest,
    type: ResourceClass<R>,
    args: object = {},
    options: { readonly elevated?: boolean } = {},
  ): Promise<Page<R>> {
    const { singular, page } = declarationOf(type);
    // A declared resource: the contract has a list of each.
    const found = await this.conductor.callNamed(request, `${singular}_list`, args, options);
    return page.unwrap(found as VersionedObject<Page<R>>);
  }

  /** The one that `filters` name. Error: the resource's 404, about `id`. */
  async one<R extends object>(
    request: FastifyRequest,
    type: ResourceClass<R>,
    id: string,
    args: object = { filters: { id: [id] } },
    options: { readonly elevated?: boolean } = {},
  ): Promise<R> {
    const [found] = (await this.list(request, type, args, options)).objects;
    if (found !== undefined) return found;
    const { code, text } = declarationOf(type).notFound;
    throw new Fault(
      404,
      text.replace('%s', () => id),
      { code },
    );
  }
}
