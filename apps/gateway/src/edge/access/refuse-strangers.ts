import type { FastifyInstance } from 'fastify';
import type { ApiDefinition } from '../api-definition.js';
import type { Edge } from '../edge.js';
import { Fault } from '../errors/fault.js';
import { authtoken } from '../filters/authtoken.js';
import { keystoneContext } from '../filters/keystone-context.js';
import { runFilters } from '../pipeline/run-filters.js';
import '../access/access.decorators.js';

/**
 * Refuses by default: a route that is not declared open and that the filters of its path gave no context is 401, before
 * a body is read, whatever the pipeline file says. An API that authenticates by itself (keystone does, for
 * `/v3/auth/tokens`) asks for the token here. After the pipelines.
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
