import { AddressGroup, addressGroupErrors } from './address-groups.js';
import { Agent, agentErrors } from './agents.js';
import { NetworkAvailabilityZone } from './availability-zones.js';
import { FloatingIpPool } from './floating-ip-pools.js';
import { networkCoreErrors } from './errors.js';
import { AddressScope, addressScopeErrors } from './address-scopes.js';
import { ConntrackHelper, conntrackHelperErrors } from './conntrack-helpers.js';
import { DefaultSecurityGroupRule, defaultSecurityGroupRuleErrors } from './default-security-group-rules.js';
import { NetworkFlavor, ServiceProfile, networkFlavorErrors } from './flavors.js';
import { FloatingIp, floatingIpErrors } from './floating-ips.js';
import { NdpProxy, ndpProxyErrors } from './ndp-proxies.js';
import { PortBinding, portBindingErrors } from './port-bindings.js';
import { PortForwarding, portForwardingErrors } from './port-forwardings.js';
import { NetworkSegment, segmentErrors } from './segments.js';
import { NetworkServiceProvider } from './service-providers.js';
import { LocalIp, LocalIpAssociation, localIpErrors } from './local-ips.js';
import { LoggableResource, NetworkLog, logErrors } from './logs.js';
import { MeteringLabel, MeteringLabelRule, meteringErrors } from './metering-labels.js';
import { NetworkIpAvailability } from './network-ip-availabilities.js';
import { Network } from './networks.js';
import { Port } from './ports.js';
import { QosPolicy, qosErrors } from './qos-policies.js';
import {
  QosBandwidthLimitRule,
  QosDscpMarkingRule,
  QosMinimumBandwidthRule,
  QosMinimumPacketRateRule,
  QosPacketRateLimitRule,
} from './qos-rules.js';
import { RbacPolicy, rbacPolicyErrors } from './rbac-policies.js';
import { Router, routerErrors } from './routers.js';
import { SecurityGroupRule, securityGroupRuleErrors } from './security-group-rules.js';
import { SecurityGroup, securityGroupErrors } from './security-groups.js';
import { SubnetPool, subnetPoolErrors } from './subnet-pools.js';
import { Trunk, trunkErrors } from './trunks.js';
import { Subnet } from './subnets.js';

export * from './address-groups.js';
export * from './address-scopes.js';
export * from './agents.js';
export * from './availability-zones.js';
export * from './conntrack-helpers.js';
export * from './default-security-group-rules.js';
export * from './flavors.js';
export * from './floating-ip-pools.js';
export * from './floating-ips.js';
export * from './local-ips.js';
export * from './logs.js';
export * from './metering-labels.js';
export * from './network-ip-availabilities.js';
export * from './networks.js';
export { AddressPair, DhcpOptionInput, FixedIpInput, VNIC_TYPES } from './types/port-types.js';
export type { DhcpOption, FixedIp } from './types/port-types.js';
export * from './ports.js';
export * from './ndp-proxies.js';
export * from './port-bindings.js';
export * from './port-forwardings.js';
export * from './qos-policies.js';
export * from './qos-rules.js';
export * from './rbac-policies.js';
export * from './routers.js';
export * from './security-group-rules.js';
export * from './security-groups.js';
export * from './segments.js';
export * from './service-providers.js';
export * from './subnet-pools.js';
export * from './subnets.js';
export * from './trunks.js';

/** Every resource of the Network API, by the prefix of its methods on the bus. A new one is one word here. */
export const networkResources = {
  network: Network,
  subnet: Subnet,
  port: Port,
  address_group: AddressGroup,
  router: Router,
  floatingip: FloatingIp,
  security_group: SecurityGroup,
  security_group_rule: SecurityGroupRule,
  address_scope: AddressScope,
  subnetpool: SubnetPool,
  rbac_policy: RbacPolicy,
  metering_label: MeteringLabel,
  metering_label_rule: MeteringLabelRule,
  network_ip_availability: NetworkIpAvailability,
  trunk: Trunk,
  agent: Agent,
  availability_zone: NetworkAvailabilityZone,
  floatingip_pool: FloatingIpPool,
  floatingip_port_forwarding: PortForwarding,
  router_conntrack_helper: ConntrackHelper,
  ndp_proxy: NdpProxy,
  default_security_group_rule: DefaultSecurityGroupRule,
  service_profile: ServiceProfile,
  flavor: NetworkFlavor,
  service_provider: NetworkServiceProvider,
  local_ip: LocalIp,
  local_ip_port_association: LocalIpAssociation,
  port_binding: PortBinding,
  segment: NetworkSegment,
  log: NetworkLog,
  loggable_resource: LoggableResource,
  policy: QosPolicy,
  policy_bandwidth_limit_rule: QosBandwidthLimitRule,
  policy_dscp_marking_rule: QosDscpMarkingRule,
  policy_minimum_bandwidth_rule: QosMinimumBandwidthRule,
  policy_packet_rate_limit_rule: QosPacketRateLimitRule,
  policy_minimum_packet_rate_rule: QosMinimumPacketRateRule,
};

/** The errors that its workers return on purpose. */
export const networkErrors = {
  ...networkCoreErrors,
  ...addressGroupErrors,
  ...routerErrors,
  ...floatingIpErrors,
  ...securityGroupErrors,
  ...securityGroupRuleErrors,
  ...addressScopeErrors,
  ...subnetPoolErrors,
  ...rbacPolicyErrors,
  ...meteringErrors,
  ...qosErrors,
  ...trunkErrors,
  ...agentErrors,
  ...portForwardingErrors,
  ...conntrackHelperErrors,
  ...ndpProxyErrors,
  ...defaultSecurityGroupRuleErrors,
  ...networkFlavorErrors,
  ...localIpErrors,
  ...logErrors,
  ...segmentErrors,
  ...portBindingErrors,
};
