import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Post, Put, Query, Req } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Declaration, InputOf, Operation, ActionOptions, ResourceTable, VersionedObject } from '#libs/contracts';
import { declarationsOf, envelopeOf, fieldsOf } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { listRules, parseFields, parseListQuery } from '../query/list-query.js';
import type { RawQuery } from '../query/list-query.js';
import { parseCreate, parseUpdate, parseAction } from './request-body.js';
import { ResourceEdge } from './resource-edge.js';
import { parentId, targetOf } from './target.js';
import type { Path } from './target.js';
import { tagsController } from './tags.controller.js';

/** The routes of one declared resource (neutron.api.v2.base.Controller). */
function resourceController(declaration: Declaration): Type {
  const { parent, qualified, operations } = declaration;
  /** Makes a method a route if the resource has the operation. */
  const When = (operation: Operation, route: MethodDecorator): MethodDecorator =>
    operations.has(operation) ? route : () => {};
  /** The field with the parent's id. */
  const below = (path: Partial<Path>): Readonly<Record<string, string>> =>
    parent === undefined ? {} : { [parent.field]: parentId(parent.declaration, path.parent_id ?? '') };

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
      const target = targetOf(declaration, path, ifMatch);
      await this.edge.afterSight(request, declaration, target, () => {
        this.edge.policy.authorizeUnchangeable(request, declaration, body);
      });
      const input = parseUpdate(declaration, body);
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

const ROOT = '/v2.0/';

const dashed = (name: string): string => name.replaceAll('_', '-');

/** `qos` of `qos/policies`, its collection, and whether it is below another resource. */
function partsOf({ path }: Declaration): { readonly prefix?: string; readonly name: string; readonly above?: string } {
  const segments = path.split('/');
  const name = segments.at(-1) ?? path;
  const variable = segments.findLastIndex((segment) => segment.startsWith(':'));
  if (variable > 0) return { name, above: segments[variable - 1] ?? '' };
  return segments.length > 1 ? { prefix: segments.slice(0, -1).join('/'), name } : { name };
}

/**
 * The declared path of a collection, for any spelling by a client: neutron finds collections only by their names, with
 * dashes or underscores, with or without their prefix (neutron.manager.NeutronManager.get_controller_for_resource,
 * neutron.pecan_wsgi.controllers.root): `/v2.0/policies/{id}/tags`, `/v2.0/local_ips`, `/v2.0/floatingip-pools`.
 */
export function collectionPaths(declarations: readonly Declaration[]): (path: string) => string {
  const prefixes = new Set<string>();
  const collections = new Map<string, string>();
  const below = new Map<string, string>();
  for (const declaration of declarations) {
    const { prefix, name, above } = partsOf(declaration);
    if (above === undefined) collections.set(dashed(name), declaration.path);
    else below.set(`${above} ${dashed(name)}`, name);
    if (prefix !== undefined) prefixes.add(prefix);
  }
  return (path) => {
    if (!path.startsWith(ROOT)) return path;
    const [first = '', ...others] = path.slice(ROOT.length).split('/');
    const hasPrefix = prefixes.has(first) && others.length > 0;
    const [name = '', ...rest] = hasPrefix ? others : [first, ...others];
    const declared = collections.get(dashed(name));
    if (declared === undefined) return path;
    const own = declared.split('/').at(-1) ?? '';
    const [, child] = rest;
    if (child !== undefined) rest[1] = below.get(`${own} ${dashed(child)}`) ?? child;
    return ROOT + [declared, ...rest].join('/');
  };
}

const METHODS = {
  GET: { route: Get, status: 200 },
  PUT: { route: Put, status: 200 },
  POST: { route: Post, status: 201 },
  DELETE: { route: Delete, status: 204 },
} as const;

/** The route of one action of a declared resource: `PUT …/{id}/add_addresses`. */
function actionController(declaration: Declaration, action: string, options: ActionOptions): Type {
  const { route: Method, status } = METHODS[options.method ?? 'PUT'];
  const { member } = options;
  const path = `${options.path ?? action}${member === undefined ? '' : `/:${member}`}`;
  const fields = options.body === undefined ? undefined : fieldsOf(options.body);
  const rule = options.policy ?? action;
  const envelope = envelopeOf(declaration, options);

  @Controller(`v2.0/${declaration.path}/:id/${path}`)
  class ActionController {
    constructor(@Inject(ResourceEdge) private readonly edge: ResourceEdge) {}

    @Method()
    @AuthorizeObject(rule)
    @HttpCode(status)
    async act(
      @Req() request: FastifyRequest,
      @Param() names: Path & Readonly<Record<string, string>>,
      @Headers('if-match') ifMatch: string | undefined,
      @Body() body: unknown,
    ): Promise<object | undefined> {
      const asked = member === undefined ? body : { [member]: names[member] };
      const given = fields === undefined ? {} : { body: parseAction(fields, asked, envelope) };
      const target = targetOf(declaration, names, ifMatch);
      await this.edge.afterSight(request, declaration, target, () => {
        this.edge.policy.authorizeAction(request, rule);
      });
      const answer = await this.edge.client.act(request, declaration, action, { ...target, ...given });
      if (status === 204) return undefined;
      if (options.answer === 'plain') return answer;
      // `resource` returns the resource's object.
      const data = declaration.object.unwrap(answer as VersionedObject<object>);
      return this.edge.presenter.one(request, declaration, data);
    }
  }
  return ActionController;
}

/** All controllers for the declared resources. */
export function resourceControllers(resources: ResourceTable): Type[] {
  return declarationsOf(resources).flatMap((declaration) => [
    resourceController(declaration),
    ...(declaration.tags ? [tagsController(declaration)] : []),
    ...[...declaration.actions].map(([action, options]) => actionController(declaration, action, options)),
  ]);
}
