import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiDefinition } from '../api-definition.js';
import type { Edge } from '../edge.js';
import { Fault } from '../errors/fault.js';
import { authtoken } from '../filters/authtoken.js';
import { keystoneContext } from '../filters/keystone-context.js';
import { runFilters } from '../pipeline/run-filters.js';

import './access.decorators.js';

/**
 * Refuses by default: a route that is not declared open and for which the filters of its path made no context is 401,
 * before a body is read, whatever the pipeline file contains. An API that authenticates itself (as keystone does for
 * `/v3/auth/tokens`) requires the token here. Runs after the pipelines.
 */
export function refuseStrangers(fastify: FastifyInstance, edge: Edge, api: ApiDefinition): void {
  const own = api.authenticates === true ? [authtoken(edge, api, {}), keystoneContext(edge, api, {})] : [];
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.edge.context !== undefined || request.is404) return done();
    if (request.routeOptions.config.access?.kind === 'open') return done();
    runFilters(own, request, reply, (error) => {
      if (error !== undefined || request.edge.context !== undefined) return done(error);
      done(new Fault(401, 'The request you have made requires authentication.', { code: 'Unauthorized' }));
    });
  });
}

/** Checks the rules that a route declares with `Authorize`, before its handler. */
export class AccessGuard implements CanActivate {
  readonly #edge: Edge;
  readonly #forbidden: (rule: string) => Fault;

  constructor(edge: Edge, api: ApiDefinition) {
    this.#edge = edge;
    this.#forbidden = api.forbidden ?? notAllowed;
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { access } = request.routeOptions.config;
    // An API with an undeclared route never starts; if there were one, nobody could use it.
    if (access === undefined) throw new Fault(403, 'The route declares no access.', { code: 'PolicyNotAuthorized' });
    for (const rule of access.asked) {
      if (!this.#edge.policy.allows(request, rule)) throw this.#forbidden(rule);
    }
    return true;
  }
}

/** nova's text. */
function notAllowed(rule: string): Fault {
  return new Fault(403, `Policy doesn't allow ${rule} to be performed.`, { code: 'PolicyNotAuthorized' });
}
