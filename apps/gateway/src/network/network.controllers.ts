import type { Type } from '@nestjs/common';
import { networkResources } from '#libs/contracts';
import { AutoAllocatedTopologyController } from './auto-topology/auto-allocated-topology.controller.js';
import { ExtensionsController } from './extensions/extensions.controller.js';
import { RuleTypesController } from './qos/rule-types.controller.js';
import { QuotasController } from './quotas/quotas.controller.js';
import { resourceControllers } from './resource/resource-controllers.js';
import { VersionsController } from './versions/versions.controller.js';

/** The controllers that are not made from a declaration; if two match a route, the earlier one handles it. */
export const ownControllers: readonly Type[] = [
  VersionsController,
  ExtensionsController,
  QuotasController,
  AutoAllocatedTopologyController,
  RuleTypesController,
];

/** Every controller of the Network API. */
export const networkControllers: readonly Type[] = [...ownControllers, ...resourceControllers(networkResources)];
