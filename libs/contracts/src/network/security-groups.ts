import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { PROJECT_READER, anyOf } from '#libs/policy';
import { Field, readOnly } from '../resource/field.js';
import type { Extension } from '../resource/field.js';
import type { DataOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { ADMIN, ownedRules, tagRules } from './owned-rules.js';
import type { SecurityGroupRuleData } from './security-group-rules.js';
import { TaggedAttributes } from './standard-attributes.js';
import { listOf } from './types/list-types.js';
import { dictionary, flag, text } from './types/plain-types.js';

const PATH = '/security-groups';

const sharedFilter: Extension = {
  alias: 'security-groups-shared-filtering',
  name: 'Security group filtering on the shared field',
  description: 'Support filtering security groups on the shared field',
  updated: '2021-10-05T09:00:00-00:00',
};

/**
 * neutron.extensions.securitygroup, neutron-lib: stateful_security_group. A project's default group is named `default`:
 * it is created when it is first looked up.
 */
@Resource({
  api: 'network',
  singular: 'security_group',
  plural: 'security_groups',
  notFound: { code: 'SecurityGroupNotFound', text: 'Security group %s does not exist' },
  since: '1.1',
  quota: true,
  tags: true,
  extensions: [
    {
      alias: 'security-group',
      name: 'security-group',
      description: 'The security groups extension.',
      updated: '2012-10-05T10:00:00-00:00',
    },
    {
      alias: 'stateful-security-group',
      name: 'Stateful security group',
      description: 'Indicates if the security group is stateful or not',
      updated: '2019-11-26T09:00:00-00:00',
    },
  ],
  rules: [
    ...ownedRules(
      'security_group',
      PATH,
      'a security group',
      anyOf(ADMIN, PROJECT_READER, 'rule:shared_security_group'),
    ),
    ...tagRules('security_group', PATH, { read: anyOf(ADMIN, PROJECT_READER, 'rule:shared_security_group') }),
  ],
})
export class SecurityGroup extends TaggedAttributes {
  /** `default`, in any case, is the name of the project's default group only. */
  @Field(text(255), { default: '', filter: true, sort: true }) readonly name!: string;
  @Field(flag, { default: true, filter: true }) readonly stateful!: boolean;
  /** Shared with everybody, or with the caller's project, by an RBAC policy. */
  @Field(flag, { ...readOnly, default: false, filter: true, extension: sharedFilter }) readonly shared!: boolean;
  @Field(listOf(dictionary), { ...readOnly, computed: true })
  readonly security_group_rules!: readonly SecurityGroupRuleData[];
}

export type SecurityGroupData = DataOf<SecurityGroup>;

const refused = { status: 400, retryable: false } as const;
const conflict = { status: 409, retryable: false } as const;

export const securityGroupErrors = {
  SecurityGroupNotFound: { status: 404, retryable: false },
  SecurityGroupInUse: conflict,
  SecurityGroupConflict: conflict,
  SecurityGroupCannotRemoveDefault: conflict,
  SecurityGroupCannotUpdateDefault: conflict,
  SecurityGroupDefaultAlreadyExists: conflict,
  PortSecurityAndIPRequiredForSecurityGroups: refused,
  PortSecurityPortHasSecurityGroup: conflict,
} as const satisfies Record<string, ExpectedErrorKind>;
