import { Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { identityContract, resourceRule } from '#libs/contracts';
import type { Declaration, InputOf, Operation, VersionedObject } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { Filters, collectionView, objectId } from '../collection/collection.js';
import type { Filtered, RawQuery } from '../collection/collection.js';
import { IdentityPolicy } from '../collection/identity-policy.js';
import { CreateInputs, UpdateInput } from './resource-body.js';
import { resourceView } from './resource-view.js';

/** Kinds whose lists are authorized by the gateway; the others are authorized by the worker. */
const LISTED_HERE = ['user', 'project', 'domain', 'role'] as const;

/** The ids in a path: its own, and that of its parent, under the parent's name. */
export type Path = Readonly<Record<string, string>>;

interface DirectoryOptions {
  /** Additional filters of its list. */
  readonly filters?: readonly string[];
  /** Operations for which the subclass has special routes. @default none */
  readonly except?: readonly Operation[];
}

/**
 * The routes of a kind with flat arguments on the bus, by its declaration: domains, projects, users and roles, and
 * users' delegations. A subclass adds the special parts.
 */
export function directoryController<R extends object>(
  declaration: Declaration<R>,
  { filters: further = [], except = [] }: DirectoryOptions = {},
) {
  const { singular, plural, fields, parent, operations } = declaration;
  const kind = LISTED_HERE.find((name) => name === singular);
  const above = parent?.declaration.singular ?? '';
  const method = parent === undefined ? singular : declaration.qualified;
  const methods: Readonly<Record<string, { readonly access: unknown }>> = identityContract.methods;
  const rules = (operation: Operation): [string, ...string[]] => {
    const access = methods[`${method}_${operation}`]?.access;
    const [first = resourceRule(declaration, operation), ...others] = Array.isArray(access) ? access.map(String) : [];
    return [first, ...others];
  };
  const route = (operation: Operation, decorator: MethodDecorator): MethodDecorator =>
    operations.has(operation) && !except.includes(operation) ? decorator : () => {};
  const below = (path: Path): object =>
    parent === undefined ? {} : { [parent.field]: objectId(above, path[above] ?? '') };
  const target = (path: Path): object => ({ ...below(path), id: objectId(singular, path['id'] ?? '') });
  const names = [...fields.filter(({ filter }) => filter !== false).map(({ name }) => name), ...further];

  @Controller(`v3/${declaration.path.replace(':parent_id', `:${above}`)}`)
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
      @Param() path: Path,
      @Query() query: RawQuery,
      @Filters({ names }) args: Filtered,
    ): Promise<object> {
      this.authorizeList(request, query);
      const answer = await this.ask(request, 'list', Object.assign(below(path), this.listArgs(args, query)));
      const page = declaration.page.unwrap(answer as VersionedObject<{ objects: R[]; next_marker: string | null }>);
      return collectionView(
        request,
        plural,
        page.objects.map((data) => this.listed(this.#view(request, path, data))),
      );
    }

    @Get(':id')
    @AuthorizeObject(rules('get'))
    async show(
      @Req() request: FastifyRequest,
      @Param() path: Path,
      @Query() query: RawQuery,
    ): Promise<Readonly<Record<string, object>>> {
      const data = this.#unwrap(await this.ask(request, 'get', target(path)));
      const more = await this.moreOf(request, data, query);
      return { [singular]: { ...this.#view(request, path, data), ...more } };
    }

    @route('create', Post())
    @AuthorizeObject(rules('create'))
    async create(
      @Req() request: FastifyRequest,
      @Param() path: Path,
      @CreateInputs(declaration) [input = {}]: readonly InputOf<R>[],
    ): Promise<object> {
      const args = { ...this.createArgs(request, input), ...below(path) };
      return this.#shown(request, path, await this.ask(request, 'create', args));
    }

    @route('update', Patch(':id'))
    @AuthorizeObject(rules('update'))
    async update(
      @Req() request: FastifyRequest,
      @Param() path: Path,
      @UpdateInput(declaration) input: InputOf<R>,
    ): Promise<object> {
      const answer = await this.ask(request, 'update', { ...this.updateArgs(input), ...target(path) });
      await this.edge.revocations.refreshNow();
      return this.#shown(request, path, answer);
    }

    @Delete(':id')
    @AuthorizeObject(rules('delete'))
    @HttpCode(204)
    async delete(@Req() request: FastifyRequest, @Param() path: Path): Promise<void> {
      await this.ask(request, 'delete', target(path));
      await this.edge.revocations.refreshNow();
    }

    protected ask(request: FastifyRequest, operation: string, args: object): Promise<unknown> {
      return this.identity.callNamed(request, `${method}_${operation}`, args);
    }

    /** Throws Fault 403. */
    protected authorizeList(request: FastifyRequest, _query: RawQuery): void {
      if (kind !== undefined) this.policy.authorizeList(request, kind);
    }

    /** The filters of a list, with those that apply where the query has none. */
    protected listArgs(args: Filtered, _query: RawQuery): object {
      return args;
    }

    /** Converts a single object's view to its form in lists. */
    protected listed(view: object): object {
      return view;
    }

    /** Additional fields of a single object that the query requests. */
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

    #shown(request: FastifyRequest, path: Path, answer: unknown): object {
      return { [singular]: this.#view(request, path, this.#unwrap(answer)) };
    }

    #view(request: FastifyRequest, path: Path, data: R): object {
      return resourceView(declaration, baseUrl(request), { ...below(path), ...data });
    }
  }
  return DirectoryController;
}
