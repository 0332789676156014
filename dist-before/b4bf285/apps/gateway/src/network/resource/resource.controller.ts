import { Body, Delete, Get, Headers, HttpCode, Param, Post, Put, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ListArgs, Page } from '#libs/contracts';
import { parseCreate, parseUpdate } from '../attributes/request-body.js';
import { expectedRevision } from '../query/expected-revision.js';
import { parseFields, parseListQuery } from '../query/list-query.js';
import type { RawQuery } from '../query/list-query.js';
import { resourceId } from './resource-id.js';
import type { ResourceKind } from './resource-kind.js';
import type { ResourceEdge } from './resource-edge.js';

/** A row and the revision that the client expects of it (`If-Match`). */
export interface Revised {
  readonly id: string;
  readonly expected_revision?: number;
}

/** What the topic network does for one kind of resource: `D` is its object, `B` its body. */
export interface ResourceCalls<D, B> {
  list(request: FastifyRequest, args: ListArgs): Promise<Page<D>>;
  create(request: FastifyRequest, bodies: readonly B[]): Promise<Page<D>>;
  get(request: FastifyRequest, id: string): Promise<D>;
  update(request: FastifyRequest, target: Revised, body: B): Promise<D>;
  delete(request: FastifyRequest, target: Revised): Promise<unknown>;
}

/** The routes that networks, subnets and ports have in common (neutron.api.v2.base.Controller). */
export abstract class ResourceController<
  D extends { readonly id: string },
  B extends { readonly project_id?: string },
> {
  protected constructor(
    private readonly edge: ResourceEdge,
    private readonly kind: ResourceKind<D>,
    private readonly bodyType: new () => B,
    private readonly calls: ResourceCalls<D, B>,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Query() raw: RawQuery): Promise<object> {
    const parsed = parseListQuery(this.kind.filters, raw, this.edge.settings.networkMaxLimit);
    const page = await this.calls.list(request, parsed.args);
    return this.edge.presenter.list(request, this.kind, { raw, parsed }, page);
  }

  @Post()
  async create(@Req() request: FastifyRequest, @Body() body: unknown): Promise<object> {
    const { bulk, resources } = parseCreate(this.bodyType, this.kind, body, this.edge.settings.allowBulk);
    for (const resource of resources) this.edge.policy.authorizeCreate(request, this.kind.singular, resource);
    const bodies = resources.map((resource) => resource.body);
    const page = await this.calls.create(request, bodies);
    return this.edge.presenter.created(request, this.kind, bulk, page.objects);
  }

  @Get(':id')
  async show(@Req() request: FastifyRequest, @Param('id') id: string, @Query() raw: RawQuery): Promise<object> {
    const data = await this.calls.get(request, resourceId(this.kind, id));
    return this.edge.presenter.one(request, this.kind, data, parseFields(raw));
  }

  @Put(':id')
  async update(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body() body: unknown,
  ): Promise<object> {
    const resource = parseUpdate(this.bodyType, this.kind, body);
    const revision = expectedRevision(ifMatch);
    this.edge.policy.authorizeUpdate(request, this.kind.singular, resource);
    const data = await this.calls.update(request, this.#revised(id, revision), resource.body);
    return this.edge.presenter.one(request, this.kind, data);
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    await this.calls.delete(request, this.#revised(id, expectedRevision(ifMatch)));
  }

  #revised(id: string, revision: number | undefined): Revised {
    const target = { id: resourceId(this.kind, id) };
    return revision === undefined ? target : { ...target, expected_revision: revision };
  }
}
