import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { declarationOf } from '#libs/contracts';
import type { Page, ResourceClass } from '#libs/contracts';
import { Fault } from '../../edge/errors/fault.js';
import { ConductorClient } from '../../edge/rpc/clients.js';

/** Reads declared resources from the conductor. */
@Injectable()
export class ResourceReader {
  constructor(private readonly conductor: ConductorClient) {}

  /** `args` of the resource's list; `elevated` reads as an administrator. */
  async list<R extends object>(
    request: FastifyRequest,
    type: ResourceClass<R>,
    args: object = {},
    options: { readonly elevated?: boolean } = {},
  ): Promise<Page<R>> {
    const declaration = declarationOf(type);
    return declaration.page.unwrap(await this.conductor.callDeclared(request, declaration, 'list', args, options));
  }

  /** The resource that matches `filters`. Error: the resource's 404, about `id`. */
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
