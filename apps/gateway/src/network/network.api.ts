import { declarationsOf, networkResources } from '#libs/contracts';
import type { ApiDefinition } from '../edge/api-definition.js';
import { openApiController } from '../edge/openapi/openapi.controller.js';
import { AutoAllocatedTopologyController } from './auto-topology/auto-allocated-topology.controller.js';
import { neutronFaultForm, forbidden } from './errors/neutron-faults.js';
import { ExtensionsController } from './extensions/extensions.controller.js';
import { QuotasController } from './quotas/quotas.controller.js';
import { RuleTypesController } from './qos/rule-types.controller.js';
import { collectionPaths, resourceControllers } from './resource/resource-controllers.js';
import { NetworkPolicy } from './resource/network-policy.js';
import { Presenter } from './resource/presenter.js';
import { ResourceClient } from './resource/resource-client.js';
import { ResourceEdge } from './resource/resource-edge.js';
import { VersionsController } from './versions/versions.controller.js';

const declaredPath = collectionPaths(declarationsOf(networkResources));

/** The Network API v2.0, with the filters of neutron's api-paste.ini. */
export const networkApi: ApiDefinition = {
  name: 'network',
  faults: neutronFaultForm,
  forbidden: (rule) => forbidden([rule]),
  // neutron/pecan_wsgi/app.py: guess_content_type_from_ext. Older clients ask for `/v2.0/networks.json`.
  rewritePath: (path) => ({
    path: declaredPath(/^\/v2\.0\/.*\.json$/.test(path) ? path.slice(0, -'.json'.length) : path),
  }),
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
      VersionsController,
      openApiController(async () => (await import('./openapi/openapi.js')).openApiOf(networkResources)),
      ExtensionsController,
      QuotasController,
      AutoAllocatedTopologyController,
      RuleTypesController,
      ...resourceControllers(networkResources),
    ],
    providers: [NetworkPolicy, Presenter, ResourceClient, ResourceEdge],
  },
};
