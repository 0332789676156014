import { networkResources } from '#libs/contracts';
import type { Authorizer } from '../policy/authorizer.js';
import { Quotas } from '../quota/quotas.js';
import type { ManagerClass } from '../resources/resource-managers.js';
import { ResourceManagers } from '../resources/resource-managers.js';
import type { Store } from '../store/index.js';
import { AddressGroupManager } from './address-groups/address-group-manager.js';
import { AddressScopeManager } from './address-scopes/address-scope-manager.js';
import { AgentManager } from './agents/agent-manager.js';
import { AutoAllocatedTopologies } from './auto-topology/auto-allocated-topologies.js';
import { AvailabilityZoneManager } from './agents/availability-zone-manager.js';
import { FloatingIpPoolManager } from './floating-ips/floating-ip-pool-manager.js';
import { FlavorManager } from './flavors/flavor-manager.js';
import { ServiceProfileManager } from './flavors/service-profile-manager.js';
import { ServiceProviderManager } from './flavors/service-provider-manager.js';
import { FloatingIpManager } from './floating-ips/floating-ip-manager.js';
import { PortForwardingManager } from './floating-ips/port-forwarding-manager.js';
import { LocalIpAssociationManager } from './local-ips/local-ip-association-manager.js';
import { LocalIpManager } from './local-ips/local-ip-manager.js';
import { LoggableResourceManager, LogManager } from './logs/log-manager.js';
import { NetworkIpAvailabilityManager } from './availability/network-ip-availability-manager.js';
import { MeteringLabelManager, MeteringLabelRuleManager } from './metering/metering-label-manager.js';
import { NetworkPolicy } from './network-policy.js';
import { NetworkQuotas } from './network-quotas.js';
import type { NetworkSettings } from './network-settings.js';
import { NetworkManager } from './networks/network-manager.js';
import { PortBindingManager } from './ports/port-binding-manager.js';
import { PortManager } from './ports/port-manager.js';
import { QosPolicyManager } from './qos/qos-policy-manager.js';
import {
  QosBandwidthLimitRuleManager,
  QosDscpMarkingRuleManager,
  QosMinimumBandwidthRuleManager,
  QosMinimumPacketRateRuleManager,
  QosPacketRateLimitRuleManager,
} from './qos/qos-rule-managers.js';
import { ConntrackHelperManager } from './routers/conntrack-helper-manager.js';
import { NdpProxyManager } from './routers/ndp-proxy-manager.js';
import { RouterManager } from './routers/router-manager.js';
import { SegmentManager } from './segments/segment-manager.js';
import { DefaultSecurityGroupRuleManager } from './security-groups/default-security-group-rule-manager.js';
import { SecurityGroupManager } from './security-groups/security-group-manager.js';
import { SecurityGroupRuleManager } from './security-groups/security-group-rule-manager.js';
import { RbacPolicyManager } from './sharing/rbac-policy-manager.js';
import { SubnetPoolManager } from './subnet-pools/subnet-pool-manager.js';
import { TrunkManager } from './trunks/trunk-manager.js';
import { SubnetManager } from './subnets/subnet-manager.js';

/** The managers of the topic's resources. A new manager is added here. */
const classes: readonly ManagerClass[] = [
  NetworkManager,
  SubnetManager,
  PortManager,
  PortBindingManager,
  AddressGroupManager,
  RouterManager,
  FloatingIpManager,
  SecurityGroupManager,
  SecurityGroupRuleManager,
  AddressScopeManager,
  SubnetPoolManager,
  RbacPolicyManager,
  MeteringLabelManager,
  MeteringLabelRuleManager,
  NetworkIpAvailabilityManager,
  TrunkManager,
  AgentManager,
  AvailabilityZoneManager,
  FloatingIpPoolManager,
  PortForwardingManager,
  ConntrackHelperManager,
  NdpProxyManager,
  DefaultSecurityGroupRuleManager,
  ServiceProfileManager,
  FlavorManager,
  ServiceProviderManager,
  LocalIpManager,
  LocalIpAssociationManager,
  SegmentManager,
  LogManager,
  LoggableResourceManager,
  QosPolicyManager,
  QosBandwidthLimitRuleManager,
  QosDscpMarkingRuleManager,
  QosMinimumBandwidthRuleManager,
  QosPacketRateLimitRuleManager,
  QosMinimumPacketRateRuleManager,
];

/** The managers that the topic network's endpoint uses. */
export interface NetworkManagers {
  readonly resources: ResourceManagers;
  readonly networks: NetworkManager;
  readonly subnets: SubnetManager;
  readonly ports: PortManager;
  readonly quotas: NetworkQuotas;
  readonly topologies: AutoAllocatedTopologies;
}

export function createNetworkManagers(
  store: Store,
  authorizer: Authorizer,
  settings: NetworkSettings,
): NetworkManagers {
  const policy = new NetworkPolicy(authorizer);
  const quotas = Quotas.configured({ network: settings.quotas });
  const resources = new ResourceManagers({ store, policy, settings, quotas }, networkResources, classes);
  return {
    resources,
    networks: resources.get(NetworkManager),
    subnets: resources.get(SubnetManager),
    ports: resources.get(PortManager),
    quotas: new NetworkQuotas(store, quotas, policy),
    topologies: new AutoAllocatedTopologies(store, policy, resources),
  };
}
