import { businessTime, listIndexes, periodicIndexes, stateEpoch } from './20261129-store.js';
import { messaging } from './0001-messaging.js';
import { identity } from './0002-identity.js';
import { network } from './0003-network.js';
import { compute } from './0004-compute.js';
import { image } from './0005-image.js';
import { identityChanges } from './0006-identity-changes.js';
import {
  quotas,
  serverNics,
  serverActions,
  computeAnswers,
  fakeHosts,
  leftoverGuests,
  shelvedImage,
  blockDevices,
  consoleTokens,
} from './20261128-compute.js';
import { identityResources, identityDelegation, passwordRules, domainConfigs } from './20261128-identity.js';
import { addressGroups, vlanTransparent, routers, securityGroups, sharing } from './20261128-network.js';
import { identityBreadth } from './20261128-identity-breadth.js';
import { imageLocations, metadefOwner } from './20261129-image.js';
import { imageStore, metadefs } from './20261128-image.js';
import { metering, qos, agents, trunks } from './20261128-network-services.js';
import { routerServices } from './20261129-router-services.js';
import {
  portAttributes,
  localIps,
  segments,
  autoTopology,
  portBindings,
  agentGatewayPorts,
  askedSecurityGroups,
} from './20261129-network.js';
import type { Migration } from './migration.js';
import { agentChanges, dhcpAgentNotices } from './20261129-agents.js';
import { identityExtensions, accessRuleOrder } from './20261129-identity.js';
import { serverPasswords, userQuotas } from './20261129-compute.js';
import { hostUsage } from './20261130-host-usage.js';
import { failedBuilds } from './20261130-failed-builds.js';

/** Every migration, in the order in which they run. */
export const migrations: readonly Migration[] = [
  messaging,
  identity,
  network,
  compute,
  image,
  identityChanges,
  quotas,
  serverNics,
  identityResources,
  addressGroups,
  vlanTransparent,
  routers,
  securityGroups,
  serverActions,
  computeAnswers,
  sharing,
  identityBreadth,
  fakeHosts,
  imageStore,
  metering,
  identityDelegation,
  leftoverGuests,
  qos,
  passwordRules,
  trunks,
  metadefs,
  domainConfigs,
  shelvedImage,
  agents,
  blockDevices,
  routerServices,
  portAttributes,
  localIps,
  identityExtensions,
  consoleTokens,
  businessTime,
  listIndexes,
  segments,
  autoTopology,
  serverPasswords,
  portBindings,
  dhcpAgentNotices,
  agentChanges,
  imageLocations,
  userQuotas,
  agentGatewayPorts,
  periodicIndexes,
  askedSecurityGroups,
  accessRuleOrder,
  metadefOwner,
  stateEpoch,
  hostUsage,
  failedBuilds,
];
