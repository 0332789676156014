import { anyOf } from '#libs/policy';
import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { Field, once } from '../resource/field.js';
import type { FieldType } from '../resource/field-type.js';
import { shownValue } from '../resource/field-type.js';
import type { DataOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { ADMIN, ownedRules } from './owned-rules.js';
import { OwnedAttributes } from './standard-attributes.js';
import { isUuid, text, uuid } from './types/plain-types.js';

const PATH = '/rbac-policies';
const TYPES: readonly string[] = [
  'address_group',
  'address_scope',
  'network',
  'qos_policy',
  'security_group',
  'subnetpool',
];

const objectType: FieldType<string> = {
  kind: 'text',
  convert: (value) => (typeof value === 'string' ? value.trim().toLowerCase() : value),
  refuse: (value) =>
    typeof value === 'string' && TYPES.includes(value)
      ? undefined
      : `${shownValue(value)} is not a valid RBAC object type`,
  schema: { type: 'string', enum: TYPES },
};

/** `type:valid_target_project`; ids of projects have no dashes. */
const target: FieldType<string> = {
  kind: 'text',
  refuse: (value) =>
    value === '*' || isUuid(value)
      ? undefined
      : `${shownValue(value)} is not a valid target project ID; expected a UUID or '*'`,
  schema: { type: 'string', pattern: '^([*]|[0-9A-Fa-f]{8}(-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12})$' },
};

const WILDCARD = anyOf(ADMIN, '(not field:rbac_policy:target_tenant=* and not field:rbac_policy:target_project=*)');

/** neutron.extensions.rbac. Shares an object with another project, or with all (`*`). */
@Resource({
  api: 'network',
  singular: 'rbac_policy',
  plural: 'rbac_policies',
  notFound: { code: 'RbacPolicyNotFound', text: 'RBAC policy of type unknown with ID %s not found' },
  since: '1.1',
  quota: true,
  extensions: [
    {
      alias: 'rbac-policies',
      name: 'RBAC Policies',
      description: 'Allows creation and modification of policies that control project access to resources.',
      updated: '2015-06-17T12:15:12-00:00',
    },
    {
      alias: 'rbac-address-scope',
      name: 'Add address_scope type to RBAC',
      description: 'Add address_scope type to RBAC',
      updated: '2020-02-12T00:00:00-00:00',
    },
    {
      alias: 'rbac-address-group',
      name: 'Add address_group type to RBAC',
      description: 'Add address_group type to network RBAC',
      updated: '2021-01-20T00:00:00-00:00',
    },
    {
      alias: 'rbac-subnetpool',
      name: 'Add subnetpool type to RBAC',
      description: 'Add subnetpool type to RBAC',
      updated: '2020-02-05T00:00:00-00:00',
    },
    {
      alias: 'rbac-security-groups',
      name: 'Add security_group type to network RBAC',
      description: 'Add security_group type to network RBAC',
      updated: '2019-02-14T00:00:00-00:00',
    },
  ],
  rules: [
    ...ownedRules('rbac_policy', PATH, 'an RBAC policy'),
    ['create_rbac_policy:target_tenant', WILDCARD, 'A policy for all projects', `POST ${PATH}`],
    ['update_rbac_policy:target_tenant', WILDCARD, 'A policy for all projects', `PUT ${PATH}/{id}`],
  ],
})
export class RbacPolicy extends OwnedAttributes {
  @Field(objectType, { ...once, required: true, filter: true, sort: true }) readonly object_type!: string;
  @Field(uuid, { ...once, required: true, filter: true, sort: true }) readonly object_id!: string;
  /** A project, or `*` for all. */
  @Field(target, { name: 'target_tenant', required: true, filter: true, sort: true }) readonly target_project!: string;
  /** `access_as_shared`; of a network also `access_as_external`. */
  @Field(text(255), { ...once, required: true, filter: true, sort: true }) readonly action!: string;
}

export type RbacPolicyData = DataOf<RbacPolicy>;

export const rbacPolicyErrors = {
  RbacPolicyNotFound: { status: 404, retryable: false },
  RbacPolicyInUse: { status: 409, retryable: false },
  DuplicateRbacPolicy: { status: 409, retryable: false },
  InvalidActionForType: { status: 400, retryable: false },
} as const satisfies Record<string, ExpectedErrorKind>;
