import type { Extension } from '../resource/field.js';

/** What extensions a port's further attributes are of, in the words of neutron-lib. */
export const portExtensions = {
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
