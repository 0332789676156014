import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { Field, once, readOnly } from '../resource/field.js';
import type { FieldType } from '../resource/field-type.js';
import { orNull, shownValue } from '../resource/field-type.js';
import type { DataOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { ADMIN } from './owned-rules.js';
import { StandardAttributes } from './standard-attributes.js';
import { looseCidr, rulePrefix } from './types/address-types.js';
import { flag, oneOf, text, whole } from './types/plain-types.js';

const PATH = '/security-group-rules';

/** A protocol by its name or number, in lower case; `any` is none. The worker checks which protocols exist. */
const protocol: FieldType<string | null> = {
  kind: 'text',
  convert: (value) => {
    if (typeof value === 'number' && Number.isInteger(value)) return String(value);
    if (typeof value !== 'string') return value;
    const name = value.toLowerCase();
    return name === 'any' ? null : name;
  },
  refuse: (value) =>
    value === null || (typeof value === 'string' && value.length <= 40)
      ? undefined
      : `${shownValue(value)} is no protocol`,
  schema: {
    anyOf: [{ type: 'string', maxLength: 40 }, { type: 'integer', minimum: 0, maximum: 255 }, { type: 'null' }],
  },
};

/** A value as Python's `%s` formats it, cut. */
const named = (value: unknown): string => shownValue(value).slice(1, -1);

const ethertype = {
  ...oneOf(['IPv4', 'IPv6'], (value) => {
    if (typeof value !== 'string') return value;
    return ['IPv4', 'IPv6'].find((known) => known.toLowerCase() === value.toLowerCase()) ?? value;
  }),
  error: (value: unknown) => ({
    code: 'SecurityGroupRuleInvalidEtherType',
    text: `Security group rule for ethertype '${named(value)}' not supported. Allowed values are ['IPv4', 'IPv6'].`,
  }),
};

const prefix: FieldType<string | null> = {
  ...orNull({ ...looseCidr, kind: 'text' }),
  convert: rulePrefix,
  error: (value) => ({ code: 'InvalidCIDR', text: `Invalid CIDR ${named(value)} given as IP prefix.` }),
};

const port = orNull({
  ...whole(-(2 ** 31), 2 ** 31 - 1),
  error: (value) => ({ code: 'SecurityGroupInvalidPortValue', text: `Invalid value for port ${named(value)}` }),
});
const reference = orNull(text(36));

/** The attributes that determine which traffic a rule allows. */
export class RuleMatchAttributes extends StandardAttributes {
  @Field(oneOf(['ingress', 'egress']), { ...once, required: true, filter: true, sort: true })
  readonly direction!: string;
  @Field(ethertype, { ...once, default: 'IPv4', filter: true, sort: true }) readonly ethertype!: string;
  @Field(protocol, { ...once, default: null, filter: true, sort: true }) readonly protocol!: string | null;
  /** A port, or the type of an ICMP message. */
  @Field(port, { ...once, default: null, filter: true, sort: true }) readonly port_range_min!: number | null;
  /** A port, or the code of an ICMP message. */
  @Field(port, { ...once, default: null, filter: true, sort: true }) readonly port_range_max!: number | null;
  @Field(prefix, { ...once, default: null, filter: true, sort: true }) readonly remote_ip_prefix!: string | null;
  @Field(reference, { ...once, default: null, filter: true, sort: true }) readonly remote_group_id!: string | null;
  @Field(reference, {
    ...once,
    default: null,
    filter: true,
    sort: true,
    extension: {
      alias: 'security-groups-remote-address-group',
      name: 'Remote address group id field for security group rules',
      description: 'Add new field of remote address group id in SG rules',
      updated: '2020-08-25T10:00:00-00:00',
    },
  })
  readonly remote_address_group_id!: string | null;
}

/** neutron.extensions.securitygroup, neutron-lib: security_groups_normalized_cidr, _remote_address_group, and others. */
@Resource({
  api: 'network',
  singular: 'security_group_rule',
  plural: 'security_group_rules',
  notFound: { code: 'SecurityGroupRuleNotFound', text: 'Security group rule %s does not exist' },
  since: '1.1',
  quota: true,
  rules: [
    [
      'create_security_group_rule',
      `${ADMIN} or (role:member and rule:sg_owner)`,
      'Create a rule of a security group',
      `POST ${PATH}`,
    ],
    [
      'get_security_group_rule',
      `${ADMIN} or (role:reader and rule:sg_owner)`,
      'Show and list rules of security groups',
      `GET ${PATH}, GET ${PATH}/{id}`,
    ],
    [
      'update_security_group_rule',
      ADMIN,
      'Change a rule of a security group: nothing of it can be',
      `PUT ${PATH}/{id}`,
    ],
    [
      'delete_security_group_rule',
      `${ADMIN} or (role:member and rule:sg_owner)`,
      'Delete a rule of a security group',
      `DELETE ${PATH}/{id}`,
    ],
  ],
})
export class SecurityGroupRule extends RuleMatchAttributes {
  @Field(text(36), { ...once, required: true, filter: true, sort: true }) readonly security_group_id!: string;
  /** `remote_ip_prefix` without host bits. */
  @Field(orNull(text(64)), {
    ...readOnly,
    computed: true,
    filter: true,
    extension: {
      alias: 'security-groups-normalized-cidr',
      name: 'Normalized CIDR field for security group rules',
      description: 'Add new field with normalized remote_ip_prefix cidr in SG rule',
      updated: '2020-07-28T10:00:00-00:00',
    },
  })
  readonly normalized_cidr!: string | null;
  @Field(flag, {
    ...readOnly,
    computed: true,
    filter: true,
    extension: {
      alias: 'security-groups-rules-belongs-to-default-sg',
      name: "Security group rule belongs to the project's default security group",
      description: "Flag to determine if the security group rule belongs to the project's default security group",
      updated: '2023-05-23T10:00:00-00:00',
    },
  })
  readonly belongs_to_default_sg!: boolean;
}

export type SecurityGroupRuleData = DataOf<SecurityGroupRule>;

const refused = { status: 400, retryable: false } as const;
const conflict = { status: 409, retryable: false } as const;

export const securityGroupRuleErrors = {
  SecurityGroupRuleNotFound: { status: 404, retryable: false },
  SecurityGroupInvalidPortRange: refused,
  SecurityGroupInvalidProtocolForPort: refused,
  SecurityGroupInvalidPortValue: refused,
  SecurityGroupInvalidIcmpValue: refused,
  SecurityGroupEthertypeConflictWithProtocol: refused,
  SecurityGroupMissingIcmpType: refused,
  SecurityGroupRuleInvalidProtocol: refused,
  SecurityGroupRulesNotSingleProject: refused,
  SecurityGroupMultipleRemoteEntites: refused,
  SecurityGroupProtocolRequiredWithPorts: refused,
  SecurityGroupNotSingleGroupRules: refused,
  SecurityGroupRuleParameterConflict: refused,
  DuplicateSecurityGroupRuleInPost: conflict,
  SecurityGroupRuleExists: conflict,
} as const satisfies Record<string, ExpectedErrorKind>;
