/** The API definitions of neutron-lib (`neutron_lib/api/definitions`) that are not extensions of this API, and why. */
export interface AbsentDefinitions {
  readonly reason: string;
  /** Aliases of the definitions. */
  readonly aliases: readonly string[];
}

export const absentDefinitions: readonly AbsentDefinitions[] = [
  {
    reason: 'the core API itself, which is there and no extension',
    aliases: ['network', 'port', 'subnet', 'subnetpool'],
  },
  { reason: 'an example of neutron-lib for tests', aliases: ['dummy'] },
  {
    reason: 'another service: neutron-dynamic-routing (BGP speakers)',
    aliases: ['bgp', 'bgp_4byte_asn', 'bgp_dragent_scheduler'],
  },
  {
    reason: 'another service: networking-bgpvpn',
    aliases: [
      'bgpvpn',
      'bgpvpn-routes-control',
      'bgpvpn-vni',
      'rbac-bgpvpn',
      'standard-attr-bgpvpn',
      'standard-attr-bgpvpn-network-association',
      'standard-attr-bgpvpn-port-association',
      'standard-attr-bgpvpn-router-association',
    ],
  },
  { reason: 'another service: neutron-fwaas', aliases: ['fwaas_v2', 'standard-attr-fwaas-v2'] },
  {
    reason: 'another service: neutron-vpnaas',
    aliases: ['vpnaas', 'vpn-aes-ccm-gcm', 'vpn-aes-ctr', 'vpn-endpoint-groups', 'vpn-flavors', 'vpn-no-sha1-3des'],
  },
  { reason: 'another service: networking-sfc', aliases: ['sfc', 'flow_classifier'] },
  {
    reason: 'another service: tap-as-a-service',
    aliases: ['taas', 'taas-vlan-filter', 'tap-mirror', 'tap-mirror-both-direction'],
  },
  {
    reason: 'of the OVN driver alone, or of a router of one driver: drivers here have nothing that it could set',
    aliases: [
      'ecmp_routes',
      'evpn',
      'floating-ip-distributed',
      'l3-agent-scheduler-ha-chassis-priority',
      'router-enable-snat',
    ],
  },
  {
    reason: 'bandwidth in placement, which nova asks for with a port; placement is not served',
    aliases: ['port-resource-request', 'port-resource-request-groups'],
  },
  {
    reason: 'not built',
    aliases: [
      'dns-integration-domain-keywords',
      'floatingip-autodelete-internal',
      'l3-port-ip-change-not-allowed',
      'network-cascade-delete',
      'network-segment-range',
      'port-mac-override',
      'project-default-networks',
      'pvlan',
      'qos-pps-minimum-rule-alias',
      'qos-rules-alias',
      'router-service-type',
      'security-groups-default-statefulness',
      'segments-peer-subnet-host-routes',
    ],
  },
];
