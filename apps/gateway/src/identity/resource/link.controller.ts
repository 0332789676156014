import { Controller, Delete, Get, Head, HttpCode, Inject, Param, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { identityContract } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { CatalogReader } from '../catalog/catalog-reader.js';
import { objectId } from '../collection/collection.js';

/** The ids in a path, each under the name of its kind. */
export type IdPath = Readonly<Record<string, string>>;

/** A request on the bus: the method, and the kind of change. */
interface LinkRequest {
  readonly method: keyof typeof identityContract.methods;
  readonly change?: string;
  /** @default all rules of the method */
  readonly rule?: string;
}

/** A relation between two objects without attributes of its own: a grant, a membership. */
interface Link {
  /** Below the version; each word with a colon is an id. */
  readonly paths: string[];
  readonly put: LinkRequest;
  /** Absent: the subclass has a special route for it. */
  readonly get?: LinkRequest;
  readonly delete: LinkRequest;
  /** The cached data that changes with it. */
  readonly changes?: 'tokens' | 'catalog';
}

const rulesOf = ({ method, rule }: LinkRequest): [string, ...string[]] => {
  const { access } = identityContract.methods[method];
  const [first, ...others] = typeof access === 'object' ? access : [];
  if (first === undefined) throw new TypeError(`${method} has no rule`);
  return rule === undefined ? [first, ...others] : [rule];
};

/** The ids of a path in the form of the bus: `{ project_id, user_id }`. */
export function idsOf(path: IdPath): Readonly<Record<string, string>> {
  const named = Object.entries(path).map(([kind, id]) => [`${kind}_id`, objectId(kind.replace('_', ' '), id)]);
  return Object.fromEntries(named);
}

/**
 * The requests about a link: PUT creates it, HEAD and GET check whether it exists, DELETE removes it. None has a body.
 */
export function linkController({ paths, put, get, delete: end, changes }: Link) {
  const check = get ?? end;
  const checked = (route: MethodDecorator): MethodDecorator => (get === undefined ? () => {} : route);

  @Controller('v3')
  class LinkController {
    constructor(
      @Inject(Edge) protected readonly edge: Edge,
      @Inject(IdentityClient) protected readonly identity: IdentityClient,
      @Inject(CatalogReader) protected readonly catalogs: CatalogReader,
    ) {}

    @Put(paths)
    @AuthorizeObject(rulesOf(put))
    @HttpCode(204)
    async create(@Req() request: FastifyRequest, @Param() path: IdPath): Promise<void> {
      await this.ask(request, put, path);
      if (changes === 'catalog') this.catalogs.forget();
    }

    @checked(Head(paths))
    @AuthorizeObject(rulesOf(check))
    @HttpCode(204)
    async check(@Req() request: FastifyRequest, @Param() path: IdPath): Promise<void> {
      await this.ask(request, check, path);
    }

    @checked(Get(paths))
    @AuthorizeObject(rulesOf(check))
    @HttpCode(204)
    async show(@Req() request: FastifyRequest, @Param() path: IdPath): Promise<void> {
      await this.ask(request, check, path);
    }

    @Delete(paths)
    @AuthorizeObject(rulesOf(end))
    @HttpCode(204)
    async remove(@Req() request: FastifyRequest, @Param() path: IdPath): Promise<void> {
      await this.ask(request, end, path);
      if (changes === 'catalog') this.catalogs.forget();
      if (changes === 'tokens') await this.edge.revocations.refreshNow();
    }

    /** The parts of the path other than its ids. */
    protected moreOf(_request: FastifyRequest, _path: IdPath): object {
      return {};
    }

    protected async ask(request: FastifyRequest, { method, change }: LinkRequest, path: IdPath): Promise<void> {
      const args = { ...idsOf(path), ...this.moreOf(request, path), ...(change === undefined ? {} : { change }) };
      await this.identity.callNamed(request, method, args);
    }
  }
  return LinkController;
}
