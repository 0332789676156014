import type { RuleDefault, ScopeType } from '#libs/policy';
import { anyOf, baseRule } from '#libs/policy';

export const ADMIN = 'rule:admin_required';
export const SYSTEM_READER = 'role:reader and system_scope:all';
export const READER = anyOf(ADMIN, SYSTEM_READER);

export const ANY_SCOPE: readonly ScopeType[] = ['system', 'domain', 'project'];
/** Operations on more than one domain are not permitted to tokens of a domain, not even to its administrator. */
export const NOT_DOMAIN: readonly ScopeType[] = ['system', 'project'];

/** keystone.common.policies.base: the base rules to which the others refer. */
export const identityBase: readonly RuleDefault[] = [
  baseRule('admin_required', 'role:admin or is_admin:1', 'Administrators'),
  baseRule('service_role', 'role:service', 'Other services'),
  baseRule('service_or_admin', 'rule:admin_required or rule:service_role', 'Other services or administrators'),
  baseRule('owner', 'user_id:%(user_id)s', 'The user that owns the object'),
  baseRule('admin_or_owner', 'rule:admin_required or rule:owner', 'Administrators or the owner'),
  baseRule('token_subject', 'user_id:%(target.token.user_id)s', 'The user of the token asked about'),
  baseRule('admin_or_token_subject', 'rule:admin_required or rule:token_subject', 'Administrators or that user'),
  baseRule(
    'service_admin_or_token_subject',
    'rule:service_or_admin or rule:token_subject',
    'Other services, administrators or that user',
  ),
  baseRule(
    'domain_managed_target_role',
    ['manager', 'member', 'reader'].map((role) => `'${role}':%(target.role.name)s`).join(' or '),
    'Roles that the manager of a domain may give',
  ),
];
