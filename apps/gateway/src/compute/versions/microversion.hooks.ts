import type { FastifyInstance } from 'fastify';
import { addRouteConfig } from '../../edge/access/route-config.js';
import { Fault } from '../../edge/errors/fault.js';
import { MIN_MICROVERSION, requestedMicroversion } from './microversion.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** First and last N of the microversions 2.N that have the route. */
    microversions?: readonly [number, number];
  }
}

/** The microversions 2.`since` to 2.`until` that have a route; in others it is 404. */
export const Microversions = (since: number, until = Number.POSITIVE_INFINITY): MethodDecorator =>
  addRouteConfig({ microversions: [since, until] });

/** The first steps of nova's app: the microversion, its headers in every response, and the project in the path. */
export function installMicroversions(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const { edge } = request;
    let version = MIN_MICROVERSION;
    if (!edge.legacy) {
      reply.header('vary', 'OpenStack-API-Version, X-OpenStack-Nova-API-Version');
      try {
        version = requestedMicroversion(request.headers);
      } catch (error) {
        return done(error instanceof Error ? error : new Error(String(error)));
      }
      reply.header('openstack-api-version', `compute 2.${version}`);
      reply.header('x-openstack-nova-api-version', `2.${version}`);
    }
    edge.microversion = version;
    const { context, projectInPath } = edge;
    if (context !== undefined && projectInPath !== undefined && projectInPath !== context.project_id) {
      const own = String(context.project_id);
      const text = `Malformed request URL: URL's project_id '${projectInPath}' doesn't match Context's project_id '${own}'`;
      return done(new Fault(400, text, { code: 'ProjectMismatch' }));
    }
    const bounds = request.routeOptions.config.microversions;
    if (bounds !== undefined && (version < bounds[0] || version > bounds[1])) {
      return done(
        new Fault(404, `API version 2.${version} is not supported on this method.`, { code: 'NotInVersion' }),
      );
    }
    done();
  });
}
