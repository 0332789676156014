import type { Type } from '@nestjs/common';
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
import { FloatingIpsController } from './network-proxies/floating-ips.controller.js';
import { NetworksController } from './network-proxies/networks.controller.js';
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
import { QuotaSetsController } from './quotas/quota-sets.controller.js';
import { InstanceActionsController } from './servers/instance-actions.controller.js';
import { InterfacesController } from './servers/interfaces.controller.js';
import { LiveMigrationsController } from './servers/live-migrations.controller.js';
import { MigrationsController } from './servers/migrations.controller.js';
import { ServerActionsController } from './servers/server-actions.controller.js';
import { ServerMetadataController } from './servers/server-metadata.controller.js';
import { ServersController } from './servers/servers.controller.js';
import { VolumesBootActionsController, VolumesBootController } from './servers/volumes-boot.controller.js';
import { AvailabilityZonesController, ServicesController } from './services/services.controller.js';
import { VersionsController } from './versions/versions.controller.js';

/** The controllers of the Compute API; if two of them match a route, the earlier one handles it. */
export const computeControllers: readonly Type[] = [
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
  AvailabilityZonesController,
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
];
