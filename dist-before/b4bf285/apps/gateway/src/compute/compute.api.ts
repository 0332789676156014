import type { ApiDefinition } from '../edge/api-definition.js';
import { computeFaults } from './compute-faults.js';
import { ExtensionsController } from './extensions/extensions.controller.js';
import { FlavorsController } from './flavors/flavors.controller.js';
import { AggregatesController } from './hypervisors/aggregates.controller.js';
import { HypervisorsController } from './hypervisors/hypervisors.controller.js';
import { KeypairsController } from './keypairs/keypairs.controller.js';
import { LimitsController } from './limits/limits.controller.js';
import { withoutProject } from './project-path.js';
import { QuotaSetsController } from './quotas/quota-sets.controller.js';
import { ServerActionsController } from './servers/server-actions.controller.js';
import { ServerMetadataController } from './servers/server-metadata.controller.js';
import { ServerPartsController } from './servers/server-parts.controller.js';
import { ServerViews } from './servers/server-views.js';
import { ServersController } from './servers/servers.controller.js';
import { refuseImpossibleNames } from './path-names.hook.js';
import { HostStatuses } from './services/host-statuses.js';
import { ServiceChangesController } from './services/service-changes.controller.js';
import { ServicesController } from './services/services.controller.js';
import { installMicroversions } from './versions/microversion.hooks.js';
import { refuseUnknownParameters } from './versions/query-names.js';
import { versionChoices } from './versions/version.view.js';
import { VersionsController } from './versions/versions.controller.js';

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
    controllers: [
      VersionsController,
      ServersController,
      ServerActionsController,
      ServerPartsController,
      ServerMetadataController,
      FlavorsController,
      KeypairsController,
      LimitsController,
      QuotaSetsController,
      HypervisorsController,
      AggregatesController,
      ServicesController,
      ServiceChangesController,
      ExtensionsController,
    ],
    providers: [ServerViews, HostStatuses],
  },
  rewritePath: withoutProject,
  install: (fastify) => {
    installMicroversions(fastify);
    refuseImpossibleNames(fastify);
    refuseUnknownParameters(fastify);
  },
  // nova answers every path outside of a version with the versions to choose from.
  answerUnrouted(request, reply, edge) {
    const path = request.url.split('?', 1)[0] ?? '/';
    if (path.startsWith('/v2.1')) return false;
    void reply.code(300).send(versionChoices(request, edge.settings.computeLinkPrefix, path));
    return true;
  },
};
