import type { RuleDefault } from '../rule-default.js';
import { ADMIN, ANY_SCOPE, NOT_DOMAIN, READER, SYSTEM_READER } from './identity-base.js';
import { defineRules } from './base.js';
import type { RuleRow } from './base.js';

const OF_USER = 'domain_id:%(target.user.domain_id)s';
/** A role of the token's own domain, or of all domains. */
const ROLE = 'domain_id:%(target.role.domain_id)s or None:%(target.role.domain_id)s';

/** Who holds `role` on the domain of the user and of what the grant is on. */
function ofDomain(role: string): string {
  return [
    `(role:${role} and ${OF_USER} and domain_id:%(target.project.domain_id)s)`,
    `(role:${role} and ${OF_USER} and domain_id:%(target.domain.id)s)`,
  ].join(' or ');
}

const LIST = `${ADMIN} or (${SYSTEM_READER}) or ${ofDomain('reader')}`;
const CHECK = `${ADMIN} or (${SYSTEM_READER}) or (${ofDomain('reader')}) and (${ROLE})`;
const CHANGE =
  `${ADMIN} or (${ofDomain('admin')}) and (${ROLE}) or ` +
  `(${ofDomain('manager')}) and rule:domain_managed_target_role`;

const PATHS = ['projects/{project_id}', 'domains/{domain_id}'].map((scope) => `/v3/${scope}/users/{user_id}/roles`);
const SYSTEM = '/v3/system/users/{user_id}/roles';

function of(method: string, suffix = ''): string {
  return PATHS.map((path) => `${method} ${path}${suffix}`).join(', ');
}

const rows: readonly RuleRow[] = [
  ['identity:list_grants', LIST, 'List roles of a user', of('GET')],
  ['identity:check_grant', CHECK, 'Check a role of a user', `${of('HEAD', '/{role_id}')}, ${of('GET', '/{role_id}')}`],
  ['identity:create_grant', CHANGE, 'Give a role to a user', of('PUT', '/{role_id}')],
  ['identity:revoke_grant', CHANGE, 'Take a role from a user', of('DELETE', '/{role_id}')],
];

const systemRows: readonly RuleRow[] = [
  ['identity:list_system_grants_for_user', READER, 'List roles of a user on the system', `GET ${SYSTEM}`],
  [
    'identity:check_system_grant_for_user',
    READER,
    'Check a role of a user on the system',
    `HEAD ${SYSTEM}/{role_id}, GET ${SYSTEM}/{role_id}`,
  ],
  ['identity:create_system_grant_for_user', ADMIN, 'Give a role on the system to a user', `PUT ${SYSTEM}/{role_id}`],
  ['identity:revoke_system_grant_for_user', ADMIN, 'Take a role on the system away', `DELETE ${SYSTEM}/{role_id}`],
];

/** keystone.common.policies.grant, without groups and inherited roles. */
export const grantRules: readonly RuleDefault[] = [
  ...defineRules(ANY_SCOPE, rows),
  ...defineRules(NOT_DOMAIN, systemRows),
];
