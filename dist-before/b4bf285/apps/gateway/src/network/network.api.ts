import type { ApiDefinition } from '../edge/api-definition.js';
import { neutronFaultForm } from './errors/neutron-fault-form.js';
import { ExtensionsController } from './extensions/extensions.controller.js';
import { NetworksController } from './networks/networks.controller.js';
import { PortsController } from './ports/ports.controller.js';
import { QuotasController } from './quotas/quotas.controller.js';
import { NetworkPolicy } from './resource/network-policy.js';
import { Presenter } from './resource/presenter.js';
import { ResourceEdge } from './resource/resource-edge.js';
import { SubnetsController } from './subnets/subnets.controller.js';
import { VersionsController } from './versions/versions.controller.js';

/** The Network API v2.0, with the filters of neutron's api-paste.ini. */
export const networkApi: ApiDefinition = {
  name: 'network',
  faults: neutronFaultForm,
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
      ExtensionsController,
      NetworksController,
      SubnetsController,
      PortsController,
      QuotasController,
    ],
    providers: [NetworkPolicy, Presenter, ResourceEdge],
  },
};
