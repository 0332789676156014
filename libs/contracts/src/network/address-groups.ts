import { anyOf } from '#libs/policy';
import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { Field, once, readOnly } from '../resource/field.js';
import type { DataOf } from '../resource/input.js';
import { nullAs } from '../resource/field-type.js';
import { Resource } from '../resource/resource.js';
import { ADMIN_OR_PROJECT_MEMBER, ADMIN_OR_PROJECT_READER, ownedRules } from './owned-rules.js';
import { StandardAttributes } from './standard-attributes.js';
import { addressOrCidr, looseCidr } from './types/address-types.js';
import { listOf } from './types/list-types.js';
import { flag, nameText } from './types/plain-types.js';

const PATH = '/address-groups';
const addressList = listOf(looseCidr);

/** The body of both actions. */
export class AddressList {
  @Field(listOf(addressOrCidr), { required: true }) readonly addresses!: readonly string[];
}

/** neutron-lib: address_group. Networks to which rules of security groups refer together. */
@Resource({
  api: 'network',
  singular: 'address_group',
  plural: 'address_groups',
  notFound: { code: 'AddressGroupNotFound', text: 'Address group %s could not be found.' },
  since: '1.1',
  extensions: [
    {
      alias: 'address-group',
      name: 'Address group',
      description: 'Support address group',
      updated: '2020-07-15T10:00:00-00:00',
    },
  ],
  actions: {
    add_addresses: { body: AddressList, answer: 'resource' },
    remove_addresses: { body: AddressList, answer: 'resource' },
  },
  rules: [
    ...ownedRules(
      'address_group',
      PATH,
      'an address group',
      anyOf(ADMIN_OR_PROJECT_READER, 'rule:shared_address_groups'),
    ),
    ['add_addresses', ADMIN_OR_PROJECT_MEMBER, 'Add addresses to an address group', `PUT ${PATH}/{id}/add_addresses`],
    ['remove_addresses', ADMIN_OR_PROJECT_MEMBER, 'Take addresses out of it', `PUT ${PATH}/{id}/remove_addresses`],
  ],
})
export class AddressGroup extends StandardAttributes {
  @Field(nameText, { default: '', filter: true, sort: true }) readonly name!: string;
  /** Shared with everybody, by an RBAC policy. */
  @Field(flag, { ...readOnly, default: false, visible: false }) readonly shared!: boolean;
  /** In CIDR form without host bits. */
  @Field(nullAs(addressList, []), { ...once, default: [] }) readonly addresses!: readonly string[];
}

export type AddressGroupData = DataOf<AddressGroup>;

export const addressGroupErrors = {
  AddressGroupNotFound: { status: 404, retryable: false },
  AddressesNotFound: { status: 404, retryable: false },
  AddressesAlreadyExist: { status: 400, retryable: false },
  AddressGroupInUse: { status: 409, retryable: false },
} as const satisfies Record<string, ExpectedErrorKind>;
