import { Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Put, Req } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { declarationsOf, resourceRule } from '#libs/contracts';
import type { Declaration, InputOf, ResourceTable, ResourceTarget } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { baseUrl } from '../../edge/links.js';
import { CatalogReader } from '../catalog/catalog-reader.js';
import { Filters, collectionView, objectId } from '../collection/collection.js';
import type { Filtered } from '../collection/collection.js';
import { badRequest } from '../errors/keystone-faults.js';
import { CreateInputs, UpdateInput, requireId } from './resource-body.js';
import { IdentityResourceClient } from './resource-client.js';
import { resourceView } from './resource-view.js';

interface Path {
  readonly id: string;
  readonly parent_id?: string;
}

/** All controllers for the declared resources. */
export function resourceControllers(resources: ResourceTable): Type[] {
  return declarationsOf(resources).flatMap((declaration) => [
    resourceController(declaration),
    ...(declaration.create === 'PUT' ? [] : [postController(declaration)]),
    ...(declaration.create === 'POST' ? [] : [putController(declaration)]),
  ]);
}

/** The common part of the controllers of one kind. */
abstract class ResourceBase {
  constructor(
    @Inject(Edge) protected readonly edge: Edge,
    @Inject(IdentityResourceClient) protected readonly client: IdentityResourceClient,
    @Inject(CatalogReader) protected readonly catalog: CatalogReader,
  ) {}

  /** A row as the API shows it; the URLs of the cloud's own endpoints come from the configuration. */
  protected view(declaration: Declaration, request: FastifyRequest, data: object): object {
    const shown = declaration.singular === 'endpoint' ? this.catalog.withUrl(request, data) : data;
    return resourceView(declaration, baseUrl(request), shown);
  }
}

function targetOf(declaration: Declaration, { id, parent_id: parent }: Path): ResourceTarget {
  const own = { id: objectId(declaration.singular, id) };
  return parent === undefined ? own : { ...own, parent_id: objectId(declaration.singular, parent) };
}

function resourceController(declaration: Declaration): Type {
  const names = declaration.fields.flatMap(({ name, filter }) => (filter === false ? [] : [name]));
  const texts = declaration.fields.flatMap(({ name, type }) => (type.kind === 'text' ? [name] : []));
  const { parent } = declaration;

  @Controller(`v3/${declaration.path}`)
  class ResourceController extends ResourceBase {
    @Get()
    @AuthorizeObject(resourceRule(declaration, 'list'))
    async list(
      @Req() request: FastifyRequest,
      @Param() path: Partial<Path>,
      @Filters({ names, texts }) args: Filtered,
    ): Promise<object> {
      const below =
        parent === undefined ? {} : { [parent.field]: [objectId(declaration.singular, path.parent_id ?? '')] };
      const page = await this.client.list(request, declaration, { filters: { ...args.filters, ...below } });
      const views = page.objects.map((data) => this.view(declaration, request, data));
      return collectionView(request, declaration.plural, views);
    }

    @Get(':id')
    @AuthorizeObject(resourceRule(declaration, 'get'))
    async show(@Req() request: FastifyRequest, @Param() path: Path): Promise<object> {
      const data = await this.client.get(request, declaration, targetOf(declaration, path));
      return { [declaration.singular]: this.view(declaration, request, data) };
    }

    @Patch(':id')
    @AuthorizeObject(resourceRule(declaration, 'update'))
    async update(
      @Req() request: FastifyRequest,
      @Param() path: Path,
      @UpdateInput(declaration) input: InputOf<object>,
    ): Promise<object> {
      const data = await this.client.update(request, declaration, targetOf(declaration, path), input);
      return { [declaration.singular]: this.view(declaration, request, data) };
    }

    @Delete(':id')
    @AuthorizeObject(resourceRule(declaration, 'delete'))
    @HttpCode(204)
    async remove(@Req() request: FastifyRequest, @Param() path: Path): Promise<void> {
      await this.client.delete(request, declaration, targetOf(declaration, path));
    }
  }
  return ResourceController;
}

function postController(declaration: Declaration): Type {
  const { bulk, plural, singular } = declaration;

  @Controller(`v3/${declaration.path}`)
  class PostController extends ResourceBase {
    @Post()
    @AuthorizeObject(resourceRule(declaration, 'create'))
    async create(
      @Req() request: FastifyRequest,
      @CreateInputs(declaration) inputs: readonly InputOf<object>[],
    ): Promise<object> {
      const made = await this.client.create(request, declaration, inputs);
      const views = made.map((data) => this.view(declaration, request, data));
      return bulk ? { [plural]: views } : { [singular]: views[0] };
    }
  }
  return PostController;
}

/** For resources whose id the client chooses. */
function putController(declaration: Declaration): Type {
  const { parent, singular } = declaration;

  @Controller(`v3/${declaration.path}`)
  class PutController extends ResourceBase {
    @Put(':id')
    @AuthorizeObject(resourceRule(declaration, 'create'))
    @HttpCode(201)
    async create(
      @Req() request: FastifyRequest,
      @Param() path: Path,
      @CreateInputs(declaration) given: readonly InputOf<object>[],
    ): Promise<object> {
      const { id, parent_id: parentId } = targetOf(declaration, path);
      requireId(declaration, id);
      const inputs = given.map((input) => {
        const own: unknown = Reflect.get(input, 'id');
        if (own !== undefined && own !== id) {
          throw badRequest(`Conflicting ${singular} IDs specified: "${id}" != ${JSON.stringify(own).slice(0, 64)}`);
        }
        return { ...input, id, ...(parent === undefined ? {} : { [parent.field]: parentId }) };
      });
      const [data] = await this.client.create(request, declaration, inputs);
      return { [singular]: this.view(declaration, request, data ?? {}) };
    }
  }
  return PutController;
}
