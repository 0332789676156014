import { Delete, Get, HttpCode, Inject, Param, Patch, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Declaration, InputOf, VersionedObject } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { Filters, collectionView, objectId } from '../collection/collection.js';
import type { Filtered, RawQuery } from '../collection/collection.js';
import { IdentityPolicy } from '../collection/identity-policy.js';
import { CreateInputs, UpdateInput } from './resource-body.js';
import { resourceView } from './resource-view.js';

type DirectoryKind = 'user' | 'project' | 'domain' | 'role';

interface DirectoryOptions {
  /** What the kind is called in further rules of each operation (`domain_role`). */
  readonly also?: string;
  /** Filters of its list beside the declared ones. */
  readonly filters?: readonly string[];
}

/**
 * The five routes of a kind of the directory, by its declaration: domains, projects, users and roles, whose arguments on
 * the bus lie side by side. A subclass with `@Controller` says what is special.
 */
export function directoryController<R extends object>(
  declaration: Declaration<R>,
  { also, filters: further = [] }: DirectoryOptions = {},
) {
  const { singular, plural, fields } = declaration;
  const kind = singular as DirectoryKind;
  const rules = (operation: string): [string, ...string[]] => [
    `identity:${operation}_${operation === 'list' ? plural : singular}`,
    ...(also === undefined ? [] : [`identity:${operation}_${also}${operation === 'list' ? 's' : ''}`]),
  ];
  const names = [...fields.filter(({ filter }) => filter !== false).map(({ name }) => name), ...further];

  class DirectoryController {
    constructor(
      @Inject(Edge) protected readonly edge: Edge,
      @Inject(IdentityClient) protected readonly identity: IdentityClient,
      @Inject(IdentityPolicy) protected readonly policy: IdentityPolicy,
    ) {}

    @Get()
    @AuthorizeObject(rules('list'))
    async list(
      @Req() request: FastifyRequest,
      @Query() query: RawQuery,
      @Filters({ names }) args: Filtered,
    ): Promise<object> {
      this.authorizeList(request, query);
      const answer = await this.ask(request, 'list', args);
      const page = declaration.page.unwrap(answer as VersionedObject<{ objects: R[]; next_marker: string | null }>);
      return collectionView(
        request,
        plural,
        page.objects.map((data) => resourceView(declaration, baseUrl(request), data)),
      );
    }

    @Get(':id')
    @AuthorizeObject(rules('get'))
    async show(
      @Req() request: FastifyRequest,
      @Param('id') id: string,
      @Query() query: RawQuery,
    ): Promise<Readonly<Record<string, object>>> {
      const data = this.#unwrap(await this.ask(request, 'get', { id: objectId(singular, id) }));
      const more = await this.moreOf(request, data, query);
      return { [singular]: { ...resourceView(declaration, baseUrl(request), data), ...more } };
    }

    @Post()
    @AuthorizeObject(rules('create'))
    async create(
      @Req() request: FastifyRequest,
      @CreateInputs(declaration) [input = {}]: readonly InputOf<R>[],
    ): Promise<object> {
      return this.#shown(request, await this.ask(request, 'create', this.createArgs(request, input)));
    }

    @Patch(':id')
    @AuthorizeObject(rules('update'))
    async update(
      @Req() request: FastifyRequest,
      @Param('id') id: string,
      @UpdateInput(declaration) input: InputOf<R>,
    ): Promise<object> {
      const args = { ...this.updateArgs(input), id: objectId(singular, id) };
      const answer = await this.ask(request, 'update', args);
      await this.edge.revocations.refreshNow();
      return this.#shown(request, answer);
    }

    @Delete(':id')
    @AuthorizeObject(rules('delete'))
    @HttpCode(204)
    async delete(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
      await this.ask(request, 'delete', { id: objectId(singular, id) });
      await this.edge.revocations.refreshNow();
    }

    protected ask(request: FastifyRequest, operation: string, args: object): Promise<unknown> {
      return this.identity.callNamed(request, `${singular}_${operation}`, args);
    }

    /** Throws Fault 403. */
    protected authorizeList(request: FastifyRequest, _query: RawQuery): void {
      this.policy.authorizeList(request, kind);
    }

    /** What a single one shows where the query asks for it. */
    protected async moreOf(_request: FastifyRequest, _data: R, _query: RawQuery): Promise<object> {
      return {};
    }

    protected createArgs(_request: FastifyRequest, input: InputOf<R>): object {
      return input;
    }

    protected updateArgs(input: InputOf<R>): object {
      return input;
    }

    #unwrap(answer: unknown): R {
      return declaration.object.unwrap(answer as VersionedObject<R>);
    }

    #shown(request: FastifyRequest, answer: unknown): object {
      return { [singular]: resourceView(declaration, baseUrl(request), this.#unwrap(answer)) };
    }
  }
  return DirectoryController;
}
