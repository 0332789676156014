import type { Type } from '@nestjs/common';
import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Post, Put, Req } from '@nestjs/common';
import type { ActionOptions, Declaration, ResourceTable, VersionedObject } from '#libs/contracts';
import { declarationsOf, envelopeOf, fieldsOf } from '#libs/contracts';
import { resourceController } from './resource.controller.js';
import { tagsController } from './tags.controller.js';
import type { FastifyRequest } from 'fastify';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { parseAction } from './request-body.js';
import { ResourceEdge } from './resource-edge.js';
import type { Path } from './target.js';
import { targetOf } from './target.js';

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
      // `resource` answers the resource's object.
      const data = declaration.object.unwrap(answer as VersionedObject<object>);
      return this.edge.presenter.one(request, declaration, data);
    }
  }
  return ActionController;
}

/** Every controller that the declarations of resources ask for. */
export function resourceControllers(resources: ResourceTable): Type[] {
  return declarationsOf(resources).flatMap((declaration) => [
    resourceController(declaration),
    ...(declaration.tags ? [tagsController(declaration)] : []),
    ...[...declaration.actions].map(([action, options]) => actionController(declaration, action, options)),
  ]);
}
