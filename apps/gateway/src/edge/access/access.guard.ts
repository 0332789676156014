import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ApiDefinition } from '../api-definition.js';
import type { Edge } from '../edge.js';
import { Fault } from '../errors/fault.js';

/** Asks the rules that a route declares with `Authorize`, before its handler. */
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
    // What is not declared never starts; were it there, nobody could use it.
    if (access === undefined) throw new Fault(403, 'The route declares no access.', { code: 'PolicyNotAuthorized' });
    for (const rule of access.asked) {
      if (!this.#edge.policy.allows(request, rule)) throw this.#forbidden(rule);
    }
    return true;
  }
}

/** nova's words. */
function notAllowed(rule: string): Fault {
  return new Fault(403, `Policy doesn't allow ${rule} to be performed.`, { code: 'PolicyNotAuthorized' });
}
