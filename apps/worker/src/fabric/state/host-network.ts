import type { DhcpOption, FixedIp, HostRoute, PortData } from '#libs/contracts';

/** A port of a guest on this host, as its driver has plugged it. */
export interface GuestPort {
  readonly id: string;
  readonly networkId: string;
  /** The server. */
  readonly deviceId: string;
  readonly projectId: string;
  readonly macAddress: string;
  readonly adminStateUp: boolean;
  readonly portSecurityEnabled: boolean;
  readonly fixedIps: readonly FixedIp[];
  readonly allowedAddressPairs: PortData['allowed_address_pairs'];
  /** Ids of groups in `HostNetwork.groups`. */
  readonly securityGroups: readonly string[];
  readonly dhcpOptions: readonly DhcpOption[];
  readonly dnsName: string;
  readonly qosPolicyId: string | null;
}

export interface GuestSubnet {
  readonly id: string;
  readonly ipVersion: 4 | 6;
  readonly cidr: string;
  readonly gatewayIp: string | null;
  readonly enableDhcp: boolean;
  readonly dnsNameservers: readonly string[];
  readonly hostRoutes: readonly HostRoute[];
  readonly raMode: string | null;
  readonly addressMode: string | null;
}

/** The port by which a network's DHCP, metadata and DNS services are connected to the network. */
export interface ServicePort {
  readonly id: string;
  readonly macAddress: string;
  readonly fixedIps: readonly FixedIp[];
}

/** A DNS name of a network. */
export interface DnsRecord {
  readonly name: string;
  readonly address: string;
}

export interface GuestNetworkState {
  readonly id: string;
  readonly projectId: string;
  readonly mtu: number;
  readonly adminStateUp: boolean;
  readonly external: boolean;
  readonly dnsDomain: string;
  readonly networkType: string;
  readonly physicalNetwork: string | null;
  readonly segmentationId: number | null;
  readonly subnets: readonly GuestSubnet[];
  /** Null while no subnet has DHCP, or while no guest of this host is on the network. */
  readonly dhcpPort: ServicePort | null;
  readonly dnsRecords: readonly DnsRecord[];
  /** Addresses of the other hosts with guests or routers on it, on the network between hosts. */
  readonly peers: readonly string[];
}

/** A rule with its remote side as in the database: names of sets, or a prefix. */
export interface GroupRule {
  readonly direction: 'ingress' | 'egress';
  readonly ethertype: 'IPv4' | 'IPv6';
  readonly protocol: string | null;
  readonly portMin: number | null;
  readonly portMax: number | null;
  readonly remotePrefix: string | null;
  readonly remoteGroupId: string | null;
  readonly remoteAddressGroupId: string | null;
}

export interface SecurityGroupState {
  readonly id: string;
  readonly stateful: boolean;
  readonly rules: readonly GroupRule[];
}

/** A named set of addresses and prefixes: the members of a remote group, or an address group. */
export interface AddressSet {
  readonly id: string;
  readonly kind: 'group' | 'address_group';
  readonly addresses: readonly string[];
}

export interface RouterPort extends ServicePort {
  readonly networkId: string;
}

export interface FloatingIpState {
  readonly floatingAddress: string;
  readonly fixedAddress: string;
}

/** Ports of a floating IP that lead to as many ports of one address, or all to a single port. */
export interface PortForwardingState {
  readonly floatingAddress: string;
  readonly protocol: string;
  readonly externalFirst: number;
  readonly externalLast: number;
  readonly internalAddress: string;
  readonly internalFirst: number;
  readonly internalLast: number;
}

export interface RouterState {
  readonly id: string;
  readonly enableSnat: boolean;
  readonly routes: readonly HostRoute[];
  readonly interfaces: readonly RouterPort[];
  readonly gateways: readonly RouterPort[];
  readonly floatingIps: readonly FloatingIpState[];
  readonly portForwardings: readonly PortForwardingState[];
}

/** Limits of a port's QoS policy; kilobits and kilopackets per second, kilobits of burst; null: no such rule. */
export interface QosState {
  readonly id: string;
  readonly ingress: BandwidthLimit | null;
  readonly egress: BandwidthLimit | null;
  readonly ingressKpps: number | null;
  readonly egressKpps: number | null;
  readonly dscpMark: number | null;
}

export interface BandwidthLimit {
  readonly maxKbps: number;
  /** 0: the host's default. */
  readonly maxBurstKbps: number;
}

/** The desired state of one host, read in one snapshot of the database. */
export interface HostNetwork {
  /**
   * The `pg_snapshot_xmax` of the snapshot that was read. It never decreases, so of two readings the one with the
   * larger revision is the later one.
   */
  readonly revision: bigint;
  readonly ports: readonly GuestPort[];
  readonly networks: readonly GuestNetworkState[];
  readonly groups: readonly SecurityGroupState[];
  readonly addressSets: readonly AddressSet[];
  readonly routers: readonly RouterState[];
  readonly qos: readonly QosState[];
}
