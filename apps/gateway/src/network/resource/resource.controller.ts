import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Post, Put, Query, Req } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Declaration, InputOf, Operation } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { listRules, parseFields, parseListQuery } from '../query/list-query.js';
import type { RawQuery } from '../query/list-query.js';
import { parseCreate, parseUpdate } from './request-body.js';
import { ResourceEdge } from './resource-edge.js';
import { resourceId, targetOf } from './target.js';
import type { Path } from './target.js';

/** The routes of one declared resource (neutron.api.v2.base.Controller). */
export function resourceController(declaration: Declaration): Type {
  const { parent, qualified, operations } = declaration;
  /** Makes a route of a method, where the resource has the operation. */
  const When = (operation: Operation, route: MethodDecorator): MethodDecorator =>
    operations.has(operation) ? route : () => {};
  /** The field that says what it lies below. */
  const below = (path: Partial<Path>): Readonly<Record<string, string>> =>
    parent === undefined ? {} : { [parent.field]: resourceId(parent.declaration, path.parent_id ?? '') };

  @Controller(`v2.0/${declaration.path}`)
  class ResourceController {
    constructor(@Inject(ResourceEdge) private readonly edge: ResourceEdge) {}

    @When('list', Get())
    @AuthorizeObject(`get_${qualified}`)
    async list(@Req() request: FastifyRequest, @Param() path: Partial<Path>, @Query() raw: RawQuery): Promise<object> {
      const parsed = parseListQuery(declaration, raw, listRules(this.edge.options));
      const parents = Object.entries(below(path)).map(([field, id]) => [field, [id]]);
      const page = await this.edge.client.list(request, declaration, {
        ...parsed.args,
        filters: { ...parsed.args.filters, ...Object.fromEntries(parents) },
      });
      return this.edge.presenter.list(request, declaration, { raw, parsed }, page);
    }

    @When('create', Post())
    @AuthorizeObject(`create_${qualified}`)
    async create(@Req() request: FastifyRequest, @Param() path: Partial<Path>, @Body() body: unknown): Promise<object> {
      const { bulk, inputs } = parseCreate(declaration, body, this.edge.options.allowBulk);
      const placed: InputOf<object>[] = inputs.map((input) => ({ ...input, ...below(path) }));
      for (const input of placed) this.edge.policy.authorizeCreate(request, declaration, { ...input });
      const page = await this.edge.client.create(request, declaration, placed);
      return this.edge.presenter.created(request, declaration, bulk, page.objects);
    }

    @When('get', Get(':id'))
    @AuthorizeObject(`get_${qualified}`)
    async show(@Req() request: FastifyRequest, @Param() path: Path, @Query() raw: RawQuery): Promise<object> {
      const data = await this.edge.client.get(request, declaration, targetOf(declaration, path));
      return this.edge.presenter.one(request, declaration, data, parseFields(raw));
    }

    @When('update', Put(':id'))
    @AuthorizeObject(`update_${qualified}`)
    async update(
      @Req() request: FastifyRequest,
      @Param() path: Path,
      @Headers('if-match') ifMatch: string | undefined,
      @Body() body: unknown,
    ): Promise<object> {
      const input = parseUpdate(declaration, body);
      const target = targetOf(declaration, path, ifMatch);
      await this.edge.afterSight(request, declaration, target, () => {
        this.edge.policy.authorizeUpdate(request, declaration, { ...input });
      });
      const data = await this.edge.client.update(request, declaration, target, input);
      return this.edge.presenter.one(request, declaration, data);
    }

    @When('delete', Delete(':id'))
    @AuthorizeObject(`delete_${qualified}`)
    @HttpCode(204)
    async remove(
      @Req() request: FastifyRequest,
      @Param() path: Path,
      @Headers('if-match') ifMatch: string | undefined,
    ): Promise<void> {
      await this.edge.client.delete(request, declaration, targetOf(declaration, path, ifMatch));
    }
  }
  return ResourceController;
}
