import { anyOf } from '#libs/policy';
import { Field, once, readOnly } from '../resource/field.js';
import type { Extension } from '../resource/field.js';
import { orNull } from '../resource/field-type.js';
import type { DataOf, InputOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { ADMIN_OR_PROJECT_READER, tagRules } from './owned-rules.js';
import { networkType, physicalNetwork, providerSegments, segmentExtensions, segmentationId } from './segments.js';
import type { ProviderSegment } from './segments.js';
import { TaggedAttributes } from './standard-attributes.js';
import { dnsDomain } from './types/dns-types.js';
import { listOf } from './types/list-types.js';
import { flag, nameText, oneOf, text, uuid, whole } from './types/plain-types.js';

const STATUSES = ['ACTIVE', 'DOWN', 'BUILD', 'ERROR'] as const;

const external: Extension = {
  alias: 'external-net',
  name: 'Neutron external network',
  description: 'Adds external network attribute to network resource.',
  updated: '2013-01-14T10:00:00-00:00',
};
const mtu: Extension = {
  alias: 'net-mtu',
  name: 'Network MTU',
  description: 'Provides MTU attribute for a network resource.',
  updated: '2015-03-25T10:00:00-00:00',
};
const mtuWritable: Extension = {
  alias: 'net-mtu-writable',
  name: 'Network MTU (writable)',
  description: 'Provides a writable MTU attribute for a network resource.',
  updated: '2017-07-12T00:00:00-00:00',
};
const provider: Extension = {
  alias: 'provider',
  name: 'Provider Network',
  description: 'Expose mapping of virtual networks to physical networks',
  updated: '2012-09-07T10:00:00-00:00',
};
export const portSecurity: Extension = {
  alias: 'port-security',
  name: 'Port Security',
  description: 'Provides port security',
  updated: '2012-07-23T10:00:00-00:00',
};

const transparent: Extension = {
  alias: 'vlan-transparent',
  name: 'Vlantransparent',
  description: 'Provides Vlan Transparent Networks',
  updated: '2015-03-23T09:00:00-00:00',
};

const qinq: Extension = {
  alias: 'qinq',
  name: 'QinQ networks',
  description:
    "Expose network 'qinq' attribute in the API. This allows to configure network to allow vlan in vlan configuration using 0x88a8 ethertype (QinQ).",
  updated: '2024-12-02T10:00:00-00:00',
};

const forHa: Extension = {
  alias: 'network_ha',
  name: 'Network HA creation flag',
  description: 'Network high availability creation flag.',
  updated: '2023-04-27T10:00:00-00:00',
};

const zones: Extension = {
  alias: 'network_availability_zone',
  name: 'Network Availability Zone',
  description: 'Availability zone support for network.',
  updated: '2015-01-01T10:00:00-00:00',
};

/** Responses show the segments of a network in one of two forms. */
const unlessSeveral = { without: 'segments' } as const;

/** neutron-lib: network, external_net, l2_adjacency, multiprovidernet, network_availability_zone, network_mtu_writable, port_security, provider_net, vlantransparent. */
@Resource({
  api: 'network',
  singular: 'network',
  plural: 'networks',
  notFound: { code: 'NetworkNotFound', text: 'Network %s could not be found.' },
  quota: true,
  tags: true,
  rules: tagRules('network', '/networks', {
    read: anyOf(ADMIN_OR_PROJECT_READER, 'rule:shared', 'rule:external', 'rule:context_is_advsvc'),
  }),
  changes: [
    {
      version: '1.1',
      contract: '1.1',
      adds: [
        'vlan_transparent',
        'ipv4_address_scope',
        'ipv6_address_scope',
        'qos_policy_id',
        'availability_zones',
        'segments',
        'l2_adjacency',
        'qinq',
        'ha',
      ],
      takes: ['availability_zone_hints', 'dns_domain'],
    },
  ],
  extensions: [mtuWritable],
  actions: {
    list_dhcp_agents: {
      method: 'GET',
      path: 'dhcp-agents',
      answer: 'plain',
      policy: 'get_dhcp-agents',
      since: '1.1',
    },
  },
})
export class Network extends TaggedAttributes {
  @Field(nameText, { default: '', filter: true, sort: true }) readonly name!: string;
  @Field(flag, { default: true, filter: true, sort: true }) readonly admin_state_up!: boolean;
  @Field(oneOf(STATUSES), { ...readOnly, filter: true, sort: true }) readonly status!: (typeof STATUSES)[number];
  @Field(flag, { default: false, filter: true }) readonly shared!: boolean;
  @Field(flag, { name: 'router:external', default: false, filter: true, extension: external })
  readonly router_external!: boolean;
  @Field(flag, { default: false, filter: true }) readonly is_default!: boolean;
  /** 0 on a create: the maximum of the segment. */
  @Field(whole(0, 65_535), { default: 0, filter: true, sort: true, extension: mtu }) readonly mtu!: number;
  @Field(flag, { default: true, extension: portSecurity }) readonly port_security_enabled!: boolean;
  @Field(dnsDomain, { default: '' }) readonly dns_domain!: string;
  /** The zones whose agents should serve it; only zones with agents. */
  @Field(listOf(text(255)), { ...once, default: [], sort: true, extension: zones })
  readonly availability_zone_hints!: readonly string[];
  /** These three describe a network's only segment; null: it has none. */
  @Field(orNull(networkType), {
    post: networkType,
    put: false,
    name: 'provider:network_type',
    filter: true,
    visible: unlessSeveral,
    extension: provider,
  })
  readonly provider_network_type!: string | null;
  @Field(physicalNetwork, { ...once, name: 'provider:physical_network', filter: true, visible: unlessSeveral })
  readonly provider_physical_network!: string | null;
  @Field(segmentationId, { ...once, name: 'provider:segmentation_id', filter: true, visible: unlessSeveral })
  readonly provider_segmentation_id!: number | null;
  /** All segments of a network that has several. Since 1.1. */
  @Field(providerSegments, { ...once, computed: true, visible: 'given', extension: segmentExtensions.multiProvider })
  readonly segments?: readonly ProviderSegment[];
  /** Whether all its ports are on one segment: its subnets have no segment. Since 1.1. */
  @Field(flag, { ...readOnly, computed: true, extension: segmentExtensions.adjacency })
  readonly l2_adjacency?: boolean;
  /** Whether frames keep the VLAN tags of the servers; null: not requested. Since 1.1. */
  @Field(orNull(flag), { post: flag, put: false, filter: true, extension: transparent })
  readonly vlan_transparent?: boolean | null;
  /** Whether VLAN tags are nested in other tags (IEEE 802.1ad); null: not requested. Since 1.1. */
  @Field(orNull(flag), { post: flag, put: false, filter: true, extension: qinq }) readonly qinq?: boolean | null;
  /** Set on the create of a network for pairs of HA routers; here such routers need none. Since 1.1. */
  @Field(flag, { ...once, computed: true, visible: false, extension: forHa }) readonly ha?: boolean;
  /** The address scope of the pools of its subnets of this version. Since 1.1. */
  @Field(orNull(uuid), { ...readOnly, computed: true }) readonly ipv4_address_scope?: string | null;
  @Field(orNull(uuid), { ...readOnly, computed: true }) readonly ipv6_address_scope?: string | null;
  /** Absent or null on a create: the project's default policy. Since 1.1. */
  @Field(orNull(uuid), { filter: false }) readonly qos_policy_id?: string | null;
  /** The zones of the agents that serve its addresses. Since 1.1. */
  @Field(listOf(text(255)), { ...readOnly, computed: true }) readonly availability_zones?: readonly string[];
  /** Ids of its subnets. */
  @Field(listOf(uuid), { ...readOnly, computed: true }) readonly subnets!: readonly string[];
}

export type NetworkData = DataOf<Network>;
export type NetworkInput = InputOf<Network>;
