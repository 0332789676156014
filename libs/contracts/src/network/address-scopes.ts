import { anyOf } from '#libs/policy';
import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { Field, once } from '../resource/field.js';
import type { DataOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { ADMIN, ADMIN_OR_PROJECT_READER, ownedRules } from './owned-rules.js';
import { OwnedAttributes } from './standard-attributes.js';
import { flag, nameText, oneOfNumbers } from './types/plain-types.js';

const PATH = '/address-scopes';

/** neutron-lib: address_scope. Addresses of the subnet pools in one scope do not overlap, so they need no NAT. */
@Resource({
  api: 'network',
  singular: 'address_scope',
  plural: 'address_scopes',
  notFound: { code: 'AddressScopeNotFound', text: 'Address scope %s could not be found.' },
  since: '1.1',
  extensions: [
    {
      alias: 'address-scope',
      name: 'Address scope',
      description: 'Address scopes extension.',
      updated: '2015-07-26T10:00:00-00:00',
    },
  ],
  rules: [
    ...ownedRules(
      'address_scope',
      PATH,
      'an address scope',
      anyOf(ADMIN_OR_PROJECT_READER, 'rule:shared_address_scopes'),
    ),
    ['create_address_scope:shared', ADMIN, 'The attribute shared', `POST ${PATH}`],
    ['update_address_scope:shared', ADMIN, 'The attribute shared', `PUT ${PATH}/{id}`],
  ],
})
export class AddressScope extends OwnedAttributes {
  @Field(nameText, { default: '', filter: true, sort: true }) readonly name!: string;
  @Field(flag, { default: false, filter: true, sort: true }) readonly shared!: boolean;
  @Field(oneOfNumbers([4, 6]), { ...once, required: true, filter: true, sort: true }) readonly ip_version!: 4 | 6;
}

export type AddressScopeData = DataOf<AddressScope>;

export const addressScopeErrors = {
  AddressScopeNotFound: { status: 404, retryable: false },
  AddressScopeInUse: { status: 409, retryable: false },
  AddressScopeUpdateError: { status: 400, retryable: false },
  NetworkAddressScopeAffinityError: { status: 400, retryable: false },
} as const satisfies Record<string, ExpectedErrorKind>;
