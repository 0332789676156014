import { Body, Controller, Get, Headers, Inject, Param, Put, Req } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { fieldsOf } from '#libs/contracts';
import type { ActionOptions, Declaration, VersionedObject } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { parseAction } from './request-body.js';
import { ResourceEdge } from './resource-edge.js';
import { targetOf } from './target.js';
import type { Path } from './target.js';

/** The route of one action of a declared resource: `PUT …/{id}/add_addresses`. */
export function actionController(declaration: Declaration, action: string, options: ActionOptions): Type {
  const Method = options.method === 'GET' ? Get : Put;
  const fields = options.body === undefined ? undefined : fieldsOf(options.body);
  const rule = options.policy ?? action;
  const envelope = options.enveloped === true ? declaration.singular : undefined;

  @Controller(`v2.0/${declaration.path}/:id/${action}`)
  class ActionController {
    constructor(@Inject(ResourceEdge) private readonly edge: ResourceEdge) {}

    @Method()
    @AuthorizeObject(rule)
    async act(
      @Req() request: FastifyRequest,
      @Param() path: Path,
      @Headers('if-match') ifMatch: string | undefined,
      @Body() body: unknown,
    ): Promise<object> {
      const given = fields === undefined ? {} : { body: parseAction(fields, body, envelope) };
      const target = targetOf(declaration, path, ifMatch);
      this.edge.policy.authorizeAction(request, rule);
      const answer = await this.edge.client.act(request, declaration, action, { ...target, ...given });
      if (options.answer === 'plain') return answer;
      // `resource` answers the resource's object.
      const data = declaration.object.unwrap(answer as VersionedObject<object>);
      return this.edge.presenter.one(request, declaration, data);
    }
  }
  return ActionController;
}
