import { declarationsOf, networkResources } from '#libs/contracts';
import type { ApiDefinition } from '../edge/api-definition.js';
import { openApiController } from '../edge/openapi/openapi.controller.js';
import { neutronFaultForm, forbidden } from './errors/neutron-faults.js';
import { networkControllers } from './network.controllers.js';
import { collectionPaths } from './resource/resource-controllers.js';
import { NetworkPolicy } from './resource/network-policy.js';
import { Presenter } from './resource/presenter.js';
import { ResourceClient } from './resource/resource-client.js';
import { ResourceEdge } from './resource/resource-edge.js';

const declaredPath = collectionPaths(declarationsOf(networkResources));

/**
 * The declared path of a route, for any spelling by a client. Older clients request `/v2.0/networks.json`
 * (neutron/pecan_wsgi/app.py: guess_content_type_from_ext).
 */
export function networkPath(path: string): string {
  return declaredPath(/^\/v2\.0\/.*\.json$/.test(path) ? path.slice(0, -'.json'.length) : path);
}

/** The Network API v2.0, with the filters of neutron's api-paste.ini. */
export const networkApi: ApiDefinition = {
  name: 'network',
  faults: neutronFaultForm,
  forbidden: (rule) => forbidden([rule]),
  rewritePath: (path) => ({ path: networkPath(path) }),
  pipeline: [
    { prefix: '/', filters: ['cors', 'http_proxy_to_wsgi', 'request_log'] },
    {
      prefix: '/v2.0',
      filters: [
        'cors',
        'http_proxy_to_wsgi',
        'request_id',
        'catch_errors',
        'request_log',
        'sizelimit',
        'authtoken',
        'keystonecontext',
      ],
    },
  ],
  module: {
    controllers: [
      ...networkControllers,
      openApiController(async () => (await import('./openapi/document.js')).networkOpenApi()),
    ],
    providers: [NetworkPolicy, Presenter, ResourceClient, ResourceEdge],
  },
};
