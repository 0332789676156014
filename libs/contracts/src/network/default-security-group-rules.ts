import type { ExpectedErrorKind } from '../expected-error-kind.js';
import { Field, once, readOnly } from '../resource/field.js';
import type { DataOf } from '../resource/input.js';
import { Resource } from '../resource/resource.js';
import { cloudRules } from './owned-rules.js';
import { RuleMatchAttributes } from './security-group-rules.js';
import { flag, text, time, whole } from './types/plain-types.js';

const PATH = '/default-security-group-rules';

/** neutron.extensions.security_groups_default_rules. A rule with which new security groups are created. */
@Resource({
  api: 'network',
  singular: 'default_security_group_rule',
  plural: 'default_security_group_rules',
  notFound: {
    code: 'DefaultSecurityGroupRuleNotFound',
    text: 'Default Security Group rule %s does not exist',
  },
  since: '1.1',
  operations: ['list', 'get', 'create', 'delete'],
  extensions: [
    {
      alias: 'security-groups-default-rules',
      name: 'Default rules for security groups',
      description: 'Configure set of security group rules used as default rules for every new security group',
      updated: '2022-12-19T10:00:00-00:00',
    },
  ],
  rules: cloudRules('default_security_group_rule', PATH, 'a rule of new security groups', 'role:reader').filter(
    ([name]) => !name.startsWith('update_'),
  ),
})
export class DefaultSecurityGroupRule extends RuleMatchAttributes {
  /** It belongs to the cloud, whatever project a request names. */
  @Field(text(255), { put: false, alias: 'tenant_id', visible: false }) override readonly project_id!: string;
  @Field(text(1024), { ...once, default: '', filter: true }) override readonly description!: string;
  @Field(whole(0, Number.MAX_SAFE_INTEGER), { ...readOnly, visible: false }) override readonly revision_number!: number;
  @Field(time, { ...readOnly, visible: false }) override readonly created_at!: string;
  @Field(time, { ...readOnly, visible: false }) override readonly updated_at!: string;
  /** For the default groups of projects. */
  @Field(flag, { ...once, default: false, filter: true }) readonly used_in_default_sg!: boolean;
  /** For other new groups. */
  @Field(flag, { ...once, default: true, filter: true }) readonly used_in_non_default_sg!: boolean;
}

export type DefaultSecurityGroupRuleData = DataOf<DefaultSecurityGroupRule>;

export const defaultSecurityGroupRuleErrors = {
  DefaultSecurityGroupRuleNotFound: { status: 404, retryable: false },
  DefaultSecurityGroupRuleExists: { status: 409, retryable: false },
  DuplicateDefaultSgRuleInPost: { status: 409, retryable: false },
} as const satisfies Record<string, ExpectedErrorKind>;
