import { anyOf } from '#libs/policy';
import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { Field, once, readOnly } from '../resource/field.js';
import type { Extension } from '../resource/field.js';
import { orNull } from '../resource/field-type.js';
import type { FieldType } from '../resource/field-type.js';
import type { DataOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { ADMIN, ADMIN_OR_PROJECT_MEMBER, ADMIN_OR_PROJECT_READER, ownedRules, tagRules } from './owned-rules.js';
import { TaggedAttributes } from './standard-attributes.js';
import { networkCidr } from './types/address-types.js';
import { listOf } from './types/list-types.js';
import { filledText, flag, nameText, oneOfNumbers, uuid, whole } from './types/plain-types.js';

const PATH = '/subnetpools';
const READ = anyOf(ADMIN_OR_PROJECT_READER, 'rule:shared_subnetpools');

/** `type:not_empty_name_string`. */
const filledName: FieldType<string> = {
  ...nameText,
  refuse: (value) => nameText.refuse(value) ?? filledText(255).refuse(value),
};

/** Pools consist of networks. */
export const prefixList = listOf(networkCidr);

const count = whole(0, 2 ** 31 - 1);

/** A prefix length, which responses for pools contain as a text (neutron: _make_subnetpool_dict). */
const length: FieldType<number> = { ...count, shown: { as: String, schema: { type: 'string' } } };

const allocation: Extension = {
  alias: 'subnet_allocation',
  name: 'Subnet Allocation',
  description: 'Enables allocation of subnets from a subnet pool',
  updated: '2015-03-30T10:00:00-00:00',
};

/** The body of add_prefixes and remove_prefixes. */
export class PrefixList {
  @Field(prefixList, { required: true }) readonly prefixes!: readonly string[];
}

/** The body of onboard_network_subnets. */
export class OnboardedNetwork {
  @Field(uuid, { required: true }) readonly network_id!: string;
}

function actionRule(name: string, what: string): readonly [string, string, string, string] {
  return [name, ADMIN_OR_PROJECT_MEMBER, what, `PUT ${PATH}/{id}/${name}`];
}

/** neutron-lib: subnetpool, subnetpool_prefix_ops, subnet_onboard. Networks from which subnets are allocated. */
@Resource({
  api: 'network',
  singular: 'subnetpool',
  plural: 'subnetpools',
  notFound: { code: 'SubnetPoolNotFound', text: 'Subnet pool %s could not be found.' },
  since: '1.1',
  quota: true,
  tags: true,
  extensions: [
    allocation,
    {
      alias: 'subnetpool-prefix-ops',
      name: 'Subnet Pool Prefix Operations',
      description: 'Provides support for adjusting the prefix list of subnet pools',
      updated: '2019-02-08T10:00:00-00:00',
    },
    {
      alias: 'subnet_onboard',
      name: 'Subnet Onboard',
      description: 'Provides support for onboarding subnets into subnet pools',
      updated: '2018-12-18T09:00:00-00:00',
    },
  ],
  actions: {
    add_prefixes: { body: PrefixList, answer: 'plain' },
    remove_prefixes: { body: PrefixList, answer: 'plain' },
    onboard_network_subnets: { body: OnboardedNetwork, answer: 'plain' },
  },
  rules: [
    ...ownedRules('subnetpool', PATH, 'a subnet pool', READ),
    ...tagRules('subnetpool', PATH, { read: READ }),
    ['create_subnetpool:shared', ADMIN, 'The attribute shared', `POST ${PATH}`],
    ['create_subnetpool:is_default', ADMIN, 'The attribute is_default', `POST ${PATH}`],
    ['update_subnetpool:is_default', ADMIN, 'The attribute is_default', `PUT ${PATH}/{id}`],
    actionRule('onboard_network_subnets', 'Take the subnets of a network into a subnet pool'),
    actionRule('add_prefixes', 'Add prefixes to a subnet pool'),
    actionRule('remove_prefixes', 'Take prefixes out of a subnet pool'),
  ],
})
export class SubnetPool extends TaggedAttributes {
  @Field(filledName, { required: true, filter: true, sort: true }) readonly name!: string;
  /** Merged if adjacent, in the order of their addresses. */
  @Field(prefixList, { required: true }) readonly prefixes!: readonly string[];
  /** Quota of a project in it: addresses of IPv4, /64 networks of IPv6. null: no limit. */
  @Field(orNull(count), { post: count, put: count, filter: true, sort: true }) readonly default_quota!: number | null;
  /** The IP version of its prefixes. */
  @Field(oneOfNumbers([4, 6]), { ...readOnly, filter: true, sort: true }) readonly ip_version!: 4 | 6;
  /** Prefix length of a subnet whose request gives none. Absent on a create: the shortest one. */
  @Field(length, { filter: true, sort: true }) readonly default_prefixlen!: number;
  /** Shortest prefix of a subnet. Absent on a create: 8, for IPv6 64. */
  @Field(length, { filter: true, sort: true }) readonly min_prefixlen!: number;
  /** Longest prefix of a subnet. Absent on a create: 32, for IPv6 128. */
  @Field(length, { filter: true, sort: true }) readonly max_prefixlen!: number;
  /** Whether subnets with `use_default_subnetpool` are allocated from it: at most one pool of each IP version. */
  @Field(flag, { default: false, filter: true, sort: true }) readonly is_default!: boolean;
  @Field(flag, { ...once, default: false, filter: true, sort: true }) readonly shared!: boolean;
  @Field(orNull(uuid), { default: null, filter: true, sort: true }) readonly address_scope_id!: string | null;
}

export type SubnetPoolData = DataOf<SubnetPool>;

const refused = { status: 400, retryable: false } as const;

export const subnetPoolErrors = {
  SubnetPoolNotFound: { status: 404, retryable: false },
  NotAuthorized: { status: 403, retryable: false },
  EmptySubnetPoolPrefixList: refused,
  PrefixVersionMismatch: refused,
  UnsupportedMinSubnetPoolPrefix: refused,
  IllegalSubnetPoolPrefixBounds: refused,
  IllegalSubnetPoolPrefixUpdate: refused,
  IllegalSubnetPoolAssociationToAddressScope: refused,
  IllegalSubnetPoolIpVersionAssociationToAddressScope: refused,
  IllegalSubnetPoolUpdate: refused,
  MinPrefixSubnetAllocationError: refused,
  MaxPrefixSubnetAllocationError: refused,
  SubnetPoolDeleteError: refused,
  NetworkSubnetPoolAffinityError: refused,
  // neutron maps it to no status, so there it is an internal error; the cause is only the request.
  SubnetAllocationError: { status: 409, retryable: false },
  AddressScopePrefixConflict: { status: 409, retryable: false },
  SubnetPoolQuotaExceeded: { status: 409, retryable: false },
} as const satisfies Record<string, ExpectedErrorKind>;
