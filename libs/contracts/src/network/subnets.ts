import { anyOf } from '#libs/policy';
import { Field, once, readOnly } from '../resource/field.js';
import type { Extension } from '../resource/field.js';
import { nullAs, orNull, shownValue } from '../resource/field-type.js';
import type { FieldType } from '../resource/field-type.js';
import type { DataOf, InputOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { ADMIN_OR_PROJECT_MEMBER, tagRules } from './owned-rules.js';
import { segmentExtensions } from './segments.js';
import { TaggedAttributes } from './standard-attributes.js';
import { address, networkCidr, routeCidr } from './types/address-types.js';
import { listOf, objectOf } from './types/list-types.js';
import { flag, nameText, oneOf, oneOfNumbers, text, uuid, whole } from './types/plain-types.js';

const defaultPools: Extension = {
  alias: 'default-subnetpools',
  name: 'Default Subnetpools',
  description: 'Provides ability to mark and use a subnetpool as the default.',
  updated: '2016-02-18T18:00:00-00:00',
};

const nameserver: FieldType<string> = {
  ...address,
  refuse: (value) => {
    const reason = address.refuse(value);
    return reason === undefined ? undefined : `${shownValue(value)} is not a valid nameserver. ${reason}`;
  },
};

const publish: Extension = {
  alias: 'subnet-dns-publish-fixed-ip',
  name: 'Subnet DNS publish fixed IP',
  description: 'Support choosing to publish DNS records for IPs from a subnet',
  updated: '2019-05-24T10:00:00-00:00',
};
const serviceTypes: Extension = {
  alias: 'subnet-service-types',
  name: 'Subnet service types',
  description: 'Provides ability to set the subnet service_types field',
  updated: '2016-03-15T18:00:00-00:00',
};
const external: Extension = {
  alias: 'subnet-external-network',
  name: 'Subnet belongs to an external network',
  description: 'Informs if the subnet belongs to an external network',
  updated: '2024-02-05T18:00:00-00:00',
};

/**
 * The prefixes of a device owner. neutron-lib joins a list and the text `compute:`, and so accepts a value that begins
 * with one of that text's letters (validate_subnet_service_types).
 */
const OWNERS = ['network:', 'neutron:', 'c', 'o', 'm', 'p', 'u', 't', 'e', ':'];
const serviceType: FieldType<string> = {
  ...text(255),
  refuse: (value) =>
    text(255).refuse(value) ??
    (typeof value === 'string' && OWNERS.some((owner) => value.startsWith(owner))
      ? undefined
      : `Subnet service type ${shownValue(value)} does not correspond to a valid device owner`),
  error: (value) =>
    typeof value === 'string'
      ? {
          code: 'InvalidSubnetServiceType',
          text: `Subnet service type ${value.slice(0, 255)} does not correspond to a valid device owner.`,
        }
      : {
          code: 'InvalidInputSubnetServiceType',
          text: `Subnet service type ${shownValue(value).slice(1, -1)} is not a string.`,
        },
};

const IPV6_MODES = ['slaac', 'dhcpv6-stateful', 'dhcpv6-stateless'] as const;
const mode = oneOf(IPV6_MODES);

export class AllocationPool {
  @Field(address, { required: true }) readonly start!: string;
  @Field(address, { required: true }) readonly end!: string;
}

export class HostRoute {
  @Field(routeCidr, { required: true }) readonly destination!: string;
  @Field(address, { required: true }) readonly nexthop!: string;
}

/** Routes of a subnet or router (`type:hostroutes`); null means none. */
export const hostRouteList = nullAs(listOf(objectOf(HostRoute, 'hostroute'), { what: 'hostroute' }), []);

/** neutron-lib: subnet, default_subnetpools. */
@Resource({
  api: 'network',
  singular: 'subnet',
  plural: 'subnets',
  notFound: { code: 'SubnetNotFound', text: 'Subnet %s could not be found.' },
  quota: true,
  tags: true,
  rules: tagRules('subnet', '/subnets', {
    read: null,
    write: anyOf(ADMIN_OR_PROJECT_MEMBER, 'role:member and rule:network_owner'),
  }),
  extensions: [segmentExtensions.writable, segmentExtensions.enforced],
  changes: [
    {
      version: '1.1',
      contract: '1.1',
      adds: [
        'prefixlen',
        'use_default_subnetpool',
        'dns_publish_fixed_ip',
        'service_types',
        'router_external',
        'segment_id',
      ],
      takes: ['subnetpool_id'],
    },
  ],
})
export class Subnet extends TaggedAttributes {
  @Field(nameText, { default: '', filter: true, sort: true }) readonly name!: string;
  @Field(uuid, { ...once, required: true, filter: true, sort: true }) readonly network_id!: string;
  @Field(oneOfNumbers([4, 6]), { ...once, required: true, filter: true, sort: true }) readonly ip_version!: 4 | 6;
  @Field(networkCidr, { ...once, filter: true, sort: true }) readonly cidr!: string;
  /** null: the subnet has no gateway. Absent on a create: the first address. */
  @Field(orNull(address), { filter: true, sort: true }) readonly gateway_ip!: string | null;
  @Field(flag, { default: true, filter: true, sort: true }) readonly enable_dhcp!: boolean;
  /** Absent or empty on a create: all addresses except the gateway's. */
  @Field(listOf(objectOf(AllocationPool, 'IP pool'), { what: 'IP pool' }))
  readonly allocation_pools!: readonly AllocationPool[];
  @Field(nullAs(listOf(nameserver, { what: 'nameserver' }), [])) readonly dns_nameservers!: readonly string[];
  @Field(hostRouteList) readonly host_routes!: readonly HostRoute[];
  @Field(orNull(mode), { post: mode, put: false, filter: true, sort: true }) readonly ipv6_ra_mode!: string | null;
  @Field(orNull(mode), { post: mode, put: false, filter: true, sort: true })
  readonly ipv6_address_mode!: string | null;
  /** The pool from which its network was allocated. */
  @Field(orNull(uuid), { ...once, filter: true, sort: true }) readonly subnetpool_id?: string | null;
  /** On a create from a pool: the prefix length. Absent: the pool's default. Since 1.1. */
  @Field(whole(0, 128), { ...once, computed: true, visible: false }) readonly prefixlen?: number;
  /** On a create: allocate from the default pool of its IP version. Since 1.1. */
  @Field(flag, { ...once, computed: true, visible: false, extension: defaultPools })
  readonly use_default_subnetpool?: boolean;
  /** Whether the names of its addresses are published in the external DNS. Since 1.1. */
  @Field(flag, { default: false, extension: publish }) readonly dns_publish_fixed_ip?: boolean;
  /** Prefixes of the device owners of the ports that may use it; empty: all. Since 1.1. */
  @Field(nullAs(listOf(serviceType), []), { default: [], extension: serviceTypes })
  readonly service_types?: readonly string[];
  /** The segment of its network on which it is; null: any. Since 1.1. */
  @Field(orNull(uuid), { default: null, filter: true, sort: true }) readonly segment_id?: string | null;
  /** The network's value. Since 1.1. */
  @Field(flag, { ...readOnly, name: 'router:external', computed: true, filter: true, extension: external })
  readonly router_external?: boolean;
  /** The network's value; only a filter. */
  @Field(flag, { ...readOnly, computed: true, visible: false, filter: true }) readonly shared?: boolean;
}

export type SubnetData = DataOf<Subnet>;
export type SubnetInput = InputOf<Subnet>;
