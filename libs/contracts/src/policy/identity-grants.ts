import type { RuleDefault } from '#libs/policy';
import { ADMIN, ANY_SCOPE, NOT_DOMAIN, READER, SYSTEM_READER } from './identity-base.js';
import { defineRules } from '#libs/policy';
import type { RuleRow } from '#libs/policy';

/** A role of the token's own domain, or of all domains. */
const ROLE = 'domain_id:%(target.role.domain_id)s or None:%(target.role.domain_id)s';

/** A caller with `role` on the domain of the user or group and of the target of the grant. */
function ofDomain(role: string): string {
  return ['user', 'group']
    .flatMap((actor) => {
      const own = `role:${role} and domain_id:%(target.${actor}.domain_id)s`;
      return [`(${own} and domain_id:%(target.project.domain_id)s)`, `(${own} and domain_id:%(target.domain.id)s)`];
    })
    .join(' or ');
}

const LIST = `${ADMIN} or (${SYSTEM_READER}) or ${ofDomain('reader')}`;
const CHECK = `${ADMIN} or (${SYSTEM_READER}) or (${ofDomain('reader')}) and (${ROLE})`;
const CHANGE =
  `${ADMIN} or (${ofDomain('admin')}) and (${ROLE}) or ` +
  `(${ofDomain('manager')}) and rule:domain_managed_target_role`;

const PATHS = ['projects/{project_id}', 'domains/{domain_id}'].flatMap((scope) =>
  ['users/{user_id}', 'groups/{group_id}'].map((actor) => `${scope}/${actor}/roles`),
);

function of(method: string, suffix = ''): string {
  const inherited = PATHS.map((path) => `${method} /v3/OS-INHERIT/${path}${suffix}/inherited_to_projects`);
  return [...PATHS.map((path) => `${method} /v3/${path}${suffix}`), ...inherited].join(', ');
}

const rows: readonly RuleRow[] = [
  ['identity:list_grants', LIST, 'List roles of a user or group', of('GET')],
  [
    'identity:check_grant',
    CHECK,
    'Check a role of a user or group',
    `${of('HEAD', '/{role_id}')}, ${of('GET', '/{role_id}')}`,
  ],
  ['identity:create_grant', CHANGE, 'Give a role to a user or group', of('PUT', '/{role_id}')],
  ['identity:revoke_grant', CHANGE, 'Take a role from a user or group', of('DELETE', '/{role_id}')],
];

function systemRows(actor: 'user' | 'group'): readonly RuleRow[] {
  const path = `/v3/system/${actor}s/{${actor}_id}/roles`;
  const one = `${path}/{role_id}`;
  return [
    [`identity:list_system_grants_for_${actor}`, READER, `List roles of a ${actor} on the system`, `GET ${path}`],
    [
      `identity:check_system_grant_for_${actor}`,
      READER,
      `Check a role of a ${actor} on the system`,
      `HEAD ${one}, GET ${one}`,
    ],
    [`identity:create_system_grant_for_${actor}`, ADMIN, `Give a role on the system to a ${actor}`, `PUT ${one}`],
    [`identity:revoke_system_grant_for_${actor}`, ADMIN, `Take a role on the system from a ${actor}`, `DELETE ${one}`],
  ];
}

const IMPLIED = '/v3/roles/{prior_role_id}/implies/{implied_role_id}';

const impliedRows: readonly RuleRow[] = [
  ['identity:list_role_inference_rules', READER, 'List which roles imply others', 'GET /v3/role_inferences'],
  ['identity:list_implied_roles', READER, 'List what a role implies', 'GET /v3/roles/{prior_role_id}/implies'],
  ['identity:get_implied_role', READER, 'Show an implication', `GET ${IMPLIED}`],
  ['identity:check_implied_role', READER, 'Check an implication', `HEAD ${IMPLIED}`],
  ['identity:create_implied_role', ADMIN, 'Make a role imply another', `PUT ${IMPLIED}`],
  ['identity:delete_implied_role', ADMIN, 'End an implication', `DELETE ${IMPLIED}`],
];

/** keystone.common.policies.grant and implied_role. */
export const grantRules: readonly RuleDefault[] = [
  ...defineRules(ANY_SCOPE, rows),
  ...defineRules(NOT_DOMAIN, [...systemRows('user'), ...systemRows('group'), ...impliedRows]),
];
