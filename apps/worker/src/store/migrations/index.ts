import { businessTime } from './20261129-business-time.js';
import { messaging } from './0001-messaging.js';
import { identity } from './0002-identity.js';
import { network } from './0003-network.js';
import { compute } from './0004-compute.js';
import { image } from './0005-image.js';
import { identityChanges } from './0006-identity-changes.js';
import { quotas } from './20261128-quotas.js';
import { serverNics } from './20261128-server-nics.js';
import { identityResources } from './20261128-identity-resources.js';
import { addressGroups } from './20261128-address-groups.js';
import { vlanTransparent } from './20261128-vlan-transparent.js';
import { routers } from './20261128-routers.js';
import { securityGroups } from './20261128-security-groups.js';
import { serverActions } from './20261128-server-actions.js';
import { computeAnswers } from './20261128-compute-answers.js';
import { sharing } from './20261128-sharing.js';
import { identityBreadth } from './20261128-identity-breadth.js';
import { fakeHosts } from './20261128-fake-hosts.js';
import { imageLocations } from './20261129-image-locations.js';
import { imageStore } from './20261128-image-store.js';
import { metering } from './20261128-metering.js';
import { identityDelegation } from './20261128-identity-delegation.js';
import { leftoverGuests } from './20261128-leftover-guests.js';
import { qos } from './20261128-qos.js';
import { passwordRules } from './20261128-password-rules.js';
import { agents } from './20261128-agents.js';
import { trunks } from './20261128-trunks.js';
import { metadefs } from './20261128-metadefs.js';
import { domainConfigs } from './20261128-domain-configs.js';
import { shelvedImage } from './20261128-shelved-image.js';
import { blockDevices } from './20261128-block-devices.js';
import { routerServices } from './20261129-router-services.js';
import { portAttributes } from './20261129-port-attributes.js';
import { listIndexes } from './20261129-list-indexes.js';
import { localIps } from './20261129-local-ips.js';
import { consoleTokens } from './20261128-console-tokens.js';
import type { Migration } from './migration.js';
import { segments } from './20261129-segments.js';
import { autoTopology } from './20261129-auto-topology.js';
import { portBindings } from './20261129-port-bindings.js';
import { agentGatewayPorts } from './20261129-agent-gateway-ports.js';
import { agentChanges } from './20261129-agent-changes.js';
import { dhcpAgentNotices } from './20261129-dhcp-agent-notices.js';
import { identityExtensions } from './20261129-identity-extensions.js';
import { serverPasswords } from './20261129-server-passwords.js';
import { userQuotas } from './20261129-user-quotas.js';
import { periodicIndexes } from './20261129-periodic-indexes.js';
import { askedSecurityGroups } from './20261129-asked-security-groups.js';
import { accessRuleOrder } from './20261129-access-rule-order.js';
import { metadefOwner } from './20261129-metadef-owner.js';
import { stateEpoch } from './20261129-state-epoch.js';

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
];
