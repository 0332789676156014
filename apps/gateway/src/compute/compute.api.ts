import { ApiOptions } from '#libs/options';
import type { ApiDefinition } from '../edge/api-definition.js';
import { pathOf } from '../edge/listener/request-target.js';
import { ResourceClient } from '../network/resource/resource-client.js';
import { openApiController } from '../edge/openapi/openapi.controller.js';
import { computeFaults } from './compute-faults.js';
import { computeControllers } from './compute.controllers.js';
import { FlavorViews } from './flavors/flavor-views.js';
import { FloatingIpActions } from './network-proxies/floating-ip-actions.js';
import { SecurityGroupProxy } from './network-proxies/security-group-proxy.js';
import { Pages } from './paging.js';
import { refuseImpossibleNames, routedPath } from './project-path.js';
import { ResourceReader } from './resource/resource-reader.js';
import { ServerViews } from './servers/server-views.js';
import { HostStatuses } from './services/host-statuses.js';
import { installMicroversions } from './versions/microversion.hooks.js';
import { checkQueries } from './versions/query-check.js';
import { versionChoices } from './versions/versions.controller.js';

const loadDocument = async (): Promise<object> => (await import('./openapi/document.js')).computeOpenApi();

const FRONT = ['cors', 'http_proxy_to_wsgi', 'compute_req_id', 'faultwrap', 'request_log', 'sizelimit', 'osprofiler'];

/** The Compute API v2.1. */
export const computeApi: ApiDefinition = {
  name: 'osapi_compute',
  faults: computeFaults,
  pipeline: [
    { prefix: '/', filters: ['cors', 'faultwrap', 'request_log', 'http_proxy_to_wsgi'] },
    { prefix: '/v2.1', filters: ['cors', 'compute_req_id', 'faultwrap', 'request_log', 'http_proxy_to_wsgi'] },
    { prefix: '/v2.1', more: true, filters: [...FRONT, 'authtoken', 'keystonecontext'] },
  ],
  module: {
    controllers: [...computeControllers, openApiController(loadDocument)],
    providers: [
      Pages,
      ResourceReader,
      FlavorViews,
      ServerViews,
      HostStatuses,
      ResourceClient,
      SecurityGroupProxy,
      FloatingIpActions,
    ],
  },
  rewritePath: routedPath,
  install: (fastify) => {
    installMicroversions(fastify);
    refuseImpossibleNames(fastify);
    checkQueries(fastify);
  },
  // nova answers every path outside of a version with the list of versions.
  answerUnrouted(request, reply, edge) {
    const path = pathOf(request);
    if (path === '/v2.1' || path.startsWith('/v2.1/')) return false;
    void reply.code(300).send(versionChoices(request, edge.options.get(ApiOptions).computeLinkPrefix, path));
    return true;
  },
};
