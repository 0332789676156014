import type { ApiDefinition } from '../edge/api-definition.js';
import { pathOf } from '../edge/listener/request-target.js';
import { ResourceClient } from '../network/resource/resource-client.js';
import { computeFaults } from './compute-faults.js';
import { ExtensionsController } from './extensions/extensions.controller.js';
import { FlavorsController } from './flavors/flavors.controller.js';
import { AggregatesController } from './aggregates/aggregates.controller.js';
import { FlavorPartsController } from './flavors/flavor-parts.controller.js';
import { QuotaChangesController } from './quotas/quota-changes.controller.js';
import { ServerGroupsController } from './server-groups/server-groups.controller.js';
import { ServerSharesController } from './servers/server-shares.controller.js';
import { ServerTagsController } from './servers/server-tags.controller.js';
import { TenantUsageController } from './usage/tenant-usage.controller.js';
import { HypervisorsController } from './hypervisors/hypervisors.controller.js';
import { ImageMetadataController } from './images/image-metadata.controller.js';
import { ImagesController } from './images/images.controller.js';
import { KeypairsController } from './keypairs/keypairs.controller.js';
import { LimitsController } from './limits/limits.controller.js';
import { ConsoleTokensController, RemoteConsolesController } from './consoles/consoles.controllers.js';
import { FloatingIpActions } from './network-proxies/floating-ip-actions.js';
import { FloatingIpsController } from './network-proxies/floating-ips.controller.js';
import { NetworksController } from './network-proxies/networks.controller.js';
import { SecurityGroupProxy } from './network-proxies/security-group-proxy.js';
import { SecurityGroupRulesController } from './network-proxies/security-group-rules.controller.js';
import {
  SecurityGroupsController,
  ServerSecurityGroupsController,
} from './network-proxies/security-groups.controller.js';
import { HostsController } from './hosts/hosts.controller.js';
import { RemovedController } from './removed/removed.controller.js';
import { ServerEventsController } from './servers/server-events.controller.js';
import { ServerFactsController } from './servers/server-facts.controller.js';
import { ServerPartsController, ServerPasswordController } from './servers/server-parts.controller.js';
import { UsageAuditController } from './usage/usage-audit.controller.js';
import { VolumeAttachmentsController } from './volumes/volume-attachments.controller.js';
import {
  AssistedSnapshotsController,
  BaremetalNodesController,
  VolumeProxiesController,
} from './volumes/volume-proxies.controller.js';
import { refuseImpossibleNames, routedPath } from './project-path.js';
import { QuotaSetsController } from './quotas/quota-sets.controller.js';
import { InstanceActionsController } from './servers/instance-actions.controller.js';
import { InterfacesController } from './servers/interfaces.controller.js';
import { LiveMigrationsController } from './servers/live-migrations.controller.js';
import { MigrationsController } from './servers/migrations.controller.js';
import { ServerActionsController } from './servers/server-actions.controller.js';
import { ServerMetadataController } from './servers/server-metadata.controller.js';
import { ServerViews } from './servers/server-views.js';
import { ServersController } from './servers/servers.controller.js';
import { VolumesBootActionsController } from './servers/volumes-boot-actions.controller.js';
import { VolumesBootController } from './servers/volumes-boot.controller.js';
import { HostStatuses } from './services/host-statuses.js';
import { ServiceChangesController } from './services/service-changes.controller.js';
import { ServicesController } from './services/services.controller.js';
import { installMicroversions } from './versions/microversion.hooks.js';
import { checkQueries } from './versions/query-check.js';
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
      VolumesBootController,
      VolumesBootActionsController,
      InstanceActionsController,
      MigrationsController,
      LiveMigrationsController,
      ServerPartsController,
      ServerMetadataController,
      FlavorsController,
      KeypairsController,
      LimitsController,
      QuotaSetsController,
      HypervisorsController,
      AggregatesController,
      FlavorPartsController,
      QuotaChangesController,
      ServerGroupsController,
      ServerTagsController,
      TenantUsageController,
      ServicesController,
      ServiceChangesController,
      ExtensionsController,
      SecurityGroupsController,
      SecurityGroupRulesController,
      ServerSecurityGroupsController,
      InterfacesController,
      FloatingIpsController,
      ImagesController,
      ServerSharesController,
      ImageMetadataController,
      NetworksController,
      RemoteConsolesController,
      ConsoleTokensController,
      RemovedController,
      VolumeProxiesController,
      AssistedSnapshotsController,
      BaremetalNodesController,
      VolumeAttachmentsController,
      ServerFactsController,
      ServerPasswordController,
      ServerEventsController,
      HostsController,
      UsageAuditController,
    ],
    providers: [ServerViews, HostStatuses, ResourceClient, SecurityGroupProxy, FloatingIpActions],
  },
  rewritePath: routedPath,
  install: (fastify) => {
    installMicroversions(fastify);
    refuseImpossibleNames(fastify);
    checkQueries(fastify);
  },
  // nova answers every path outside of a version with the versions to choose from.
  answerUnrouted(request, reply, edge) {
    const path = pathOf(request);
    if (path === '/v2.1' || path.startsWith('/v2.1/')) return false;
    void reply.code(300).send(versionChoices(request, edge.settings.computeLinkPrefix, path));
    return true;
  },
};
