import type { Extension } from '../resource/field.js';

/** The extensions of a port's further attributes, with the texts of neutron-lib. */
export const portExtensions = {
  addressPairs: {
    alias: 'allowed-address-pairs',
    name: 'Allowed Address Pairs',
    description: 'Provides allowed address pairs',
    updated: '2013-07-23T10:00:00-00:00',
  },
  binding: {
    alias: 'binding',
    name: 'Port Binding',
    description: 'Expose port bindings of a virtual port to external application',
    updated: '2014-02-03T10:00:00-00:00',
  },
  dhcpOptions: {
    alias: 'extra_dhcp_opt',
    name: 'Neutron Extra DHCP options',
    description:
      'Extra options configuration for DHCP. For example PXE boot options to DHCP clients can be specified (e.g. tftp-server, server-ip-address, bootfile-name)',
    updated: '2013-03-17T12:00:00-00:00',
  },
  networkPolicyId: {
    alias: 'qos-port-network-policy',
    name: 'QoS port network policy ID',
    description: 'Adds a the QoS network ID to the port definition',
    updated: '2019-11-01T10:00:00-00:00',
  },
  substring: {
    alias: 'ip-substring-filtering',
    name: 'IP address substring filtering',
    description: 'Provides IP address substring filtering when listing ports',
    updated: '2017-11-28T09:00:00-00:00',
  },
  bulkTags: {
    alias: 'tag-ports-during-bulk-creation',
    name: 'Tag Ports During Bulk Creation',
    description: 'Allow to tag ports during bulk creation',
    updated: '2019-12-29T19:00:00-00:00',
  },
  dns: {
    alias: 'dns-integration',
    name: 'DNS Integration',
    description: 'Provides integration with DNS.',
    updated: '2015-08-15T18:00:00-00:00',
  },
  dnsDomain: {
    alias: 'dns-domain-ports',
    name: 'dns_domain for ports',
    description: 'Allows the DNS domain to be specified for a network port.',
    updated: '2017-04-24T10:00:00-00:00',
  },
  newMac: {
    alias: 'port-mac-address-regenerate',
    name: 'Neutron Port MAC address regenerate',
    description: 'Network port MAC address regenerate',
    updated: '2018-05-03T10:00:00-00:00',
  },
  noMulticast: {
    alias: 'aap-reject-multicast',
    name: 'Allowed address pairs reject multicast extension',
    description: 'Reject multicast addresses in Allowed Address Pairs',
    updated: '2026-04-01T00:00:00-00:00',
  },
  dataPlane: {
    alias: 'data-plane-status',
    name: 'Port data plane status extension',
    description: 'Expose status of underlying data plane',
    updated: '2017-01-24T10:00:00-00:00',
  },
  deviceProfile: {
    alias: 'port-device-profile',
    name: 'Port device profile',
    description: 'Expose the port device profile (Cyborg)',
    updated: '2020-12-17T10:00:00-00:00',
  },
  hardwareOffload: {
    alias: 'port-hardware-offload-type',
    name: 'Port hardware offload',
    description: 'Expose port hardware offload extension',
    updated: '2023-05-09T10:00:00-00:00',
  },
  hints: {
    alias: 'port-hints',
    name: 'Port hints',
    description: 'Backend specific port hints to allow backend specific tuning',
    updated: '2023-01-01T00:00:00-00:00',
  },
  txSteering: {
    alias: 'port-hint-ovs-tx-steering',
    name: 'Port hint: Open vSwitch Tx steering',
    description: 'Enable Port hint: Open vSwitch Tx steering',
    updated: '2023-01-01T00:00:00-00:00',
  },
  ipAllocation: {
    alias: 'ip_allocation',
    name: 'IP Allocation',
    description: 'IP allocation extension.',
    updated: '2016-06-10T23:00:00-00:00',
  },
  numaPolicy: {
    alias: 'port-numa-affinity-policy',
    name: 'Port NUMA affinity policy',
    description: 'Expose the port NUMA affinity policy',
    updated: '2020-07-08T10:00:00-00:00',
  },
  numaSocket: {
    alias: 'port-numa-affinity-policy-socket',
    name: 'Port NUMA affinity policy "socket"',
    description: 'Adds "socket" to the supported port NUMA affinity policies',
    updated: '2024-02-09T10:00:00-00:00',
  },
  uplink: {
    alias: 'uplink-status-propagation',
    name: 'Uplink status propagation extension',
    description: 'Provides ability to propagate port uplink status.',
    updated: '2018-05-31T18:00:00-00:00',
  },
  uplinkWritable: {
    alias: 'uplink-status-propagation-updatable',
    name: 'Uplink status propagation updatable extension',
    description: 'Provides ability to update the port uplink status.',
    updated: '2024-09-03T18:00:00-00:00',
  },
  trunk: {
    alias: 'trunk-details',
    name: 'Trunk port details',
    description: 'Expose trunk port details',
    updated: '2016-01-01T10:00:00-00:00',
  },
  trusted: {
    alias: 'port-trusted-vif',
    name: 'Port trusted vif',
    description: "Expose port 'trusted' attribute in the API",
    updated: '2024-07-10T10:00:00-00:00',
  },
  groupFilter: {
    alias: 'port-security-groups-filtering',
    name: 'Port filtering on security groups',
    description: 'Provides security groups filtering when listing ports',
    updated: '2018-01-09T09:00:00-00:00',
  },
} as const satisfies Record<string, Extension>;
