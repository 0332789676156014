import type { RuleDefault } from '../rule-default.js';
import { anyOf, baseRule, defineRules } from './base.js';
import type { RuleRow } from './base.js';

const ADMIN = 'rule:admin_required';
const SYSTEM_READER = 'role:reader and system_scope:all';
const READER = anyOf(ADMIN, SYSTEM_READER);
const DOMAIN_READER = anyOf(ADMIN, SYSTEM_READER, 'role:reader and domain_id:%(target.domain_id)s');
const USER = anyOf(
  ADMIN,
  SYSTEM_READER,
  'role:reader and domain_id:%(target.user.domain_id)s',
  'user_id:%(target.user.id)s',
);
const PROJECT = anyOf(
  ADMIN,
  SYSTEM_READER,
  'role:reader and domain_id:%(target.project.domain_id)s',
  'project_id:%(target.project.id)s',
);
const DOMAIN = anyOf(ADMIN, SYSTEM_READER, 'token.domain.id:%(target.domain.id)s', 'domain_id:%(target.domain.id)s');
/** A rule that any valid token passes, unscoped ones too. */
const HOLDER = '';

const base: readonly RuleDefault[] = [
  baseRule('admin_required', 'role:admin or is_admin:1', 'Administrators'),
  baseRule('service_role', 'role:service', 'Other services'),
  baseRule('service_or_admin', 'rule:admin_required or rule:service_role', 'Other services or administrators'),
  baseRule('owner', 'user_id:%(user_id)s', 'The user that owns the object'),
  baseRule('admin_or_owner', 'rule:admin_required or rule:owner', 'Administrators or the owner'),
  baseRule('token_subject', 'user_id:%(target.token.user_id)s', 'The user of the token asked about'),
  baseRule('admin_or_token_subject', 'rule:admin_required or rule:token_subject', 'Administrators or that user'),
];

/** Create, update and delete of one kind of object: administrators only. */
function changes(kind: string, path: string): RuleRow[] {
  return [
    [`identity:create_${kind}`, ADMIN, `Create a ${kind}`, `POST ${path}`],
    [`identity:update_${kind}`, ADMIN, `Change a ${kind}`, `PATCH ${path}/{${kind}_id}`],
    [`identity:delete_${kind}`, ADMIN, `Delete a ${kind}`, `DELETE ${path}/{${kind}_id}`],
  ];
}

const GRANT = '/v3/projects/{project_id}/users/{user_id}/roles/{role_id}';
const SYSTEM_GRANT = '/v3/system/users/{user_id}/roles/{role_id}';

const rows: readonly RuleRow[] = [
  ['identity:check_token', anyOf(ADMIN, SYSTEM_READER, 'rule:token_subject'), 'Check a token', 'HEAD /v3/auth/tokens'],
  [
    'identity:validate_token',
    anyOf(ADMIN, SYSTEM_READER, 'rule:service_role', 'rule:token_subject'),
    'Show a token',
    'GET /v3/auth/tokens',
  ],
  ['identity:revoke_token', anyOf(ADMIN, 'rule:token_subject'), 'Revoke a token', 'DELETE /v3/auth/tokens'],
  ['identity:get_auth_catalog', HOLDER, 'Show the catalog', 'GET /v3/auth/catalog'],
  ['identity:get_auth_projects', HOLDER, 'List own projects', 'GET /v3/auth/projects'],
  ['identity:get_auth_domains', HOLDER, 'List own domains', 'GET /v3/auth/domains'],
  ['identity:get_auth_system', HOLDER, 'List own system scope', 'GET /v3/auth/system'],
  ['identity:list_users', DOMAIN_READER, 'List users', 'GET /v3/users'],
  ['identity:get_user', USER, 'Show a user', 'GET /v3/users/{user_id}'],
  ...changes('user', '/v3/users'),
  ['identity:list_user_projects', USER, 'List projects of a user', 'GET /v3/users/{user_id}/projects'],
  ['identity:list_projects', DOMAIN_READER, 'List projects', 'GET /v3/projects'],
  ['identity:get_project', PROJECT, 'Show a project', 'GET /v3/projects/{project_id}'],
  ...changes('project', '/v3/projects'),
  ['identity:list_domains', DOMAIN_READER, 'List domains', 'GET /v3/domains'],
  ['identity:get_domain', DOMAIN, 'Show a domain', 'GET /v3/domains/{domain_id}'],
  ...changes('domain', '/v3/domains'),
  ['identity:list_roles', READER, 'List roles', 'GET /v3/roles'],
  ['identity:get_role', READER, 'Show a role', 'GET /v3/roles/{role_id}'],
  ...changes('role', '/v3/roles'),
  ['identity:list_role_assignments', DOMAIN_READER, 'List assignments', 'GET /v3/role_assignments'],
  ['identity:list_grants', READER, 'List roles of a user', 'GET /v3/projects/{project_id}/users/{user_id}/roles'],
  ['identity:check_grant', READER, 'Check a role of a user', `HEAD ${GRANT}`],
  ['identity:create_grant', ADMIN, 'Give a role to a user', `PUT ${GRANT}`],
  ['identity:revoke_grant', ADMIN, 'Take a role from a user', `DELETE ${GRANT}`],
  [
    'identity:list_system_grants_for_user',
    READER,
    'List roles of a user on the system',
    'GET /v3/system/users/{user_id}/roles',
  ],
  ['identity:check_system_grant_for_user', READER, 'Check a role of a user on the system', `HEAD ${SYSTEM_GRANT}`],
  ['identity:create_system_grant_for_user', ADMIN, 'Give a role on the system to a user', `PUT ${SYSTEM_GRANT}`],
  ['identity:revoke_system_grant_for_user', ADMIN, 'Take a role on the system away', `DELETE ${SYSTEM_GRANT}`],
  ['identity:list_services', READER, 'List services', 'GET /v3/services'],
  ['identity:get_service', READER, 'Show a service', 'GET /v3/services/{service_id}'],
  ...changes('service', '/v3/services'),
  ['identity:list_endpoints', READER, 'List endpoints', 'GET /v3/endpoints'],
  ['identity:get_endpoint', READER, 'Show an endpoint', 'GET /v3/endpoints/{endpoint_id}'],
  ...changes('endpoint', '/v3/endpoints'),
  ['identity:list_regions', HOLDER, 'List regions', 'GET /v3/regions'],
  ['identity:get_region', HOLDER, 'Show a region', 'GET /v3/regions/{region_id}'],
  ...changes('region', '/v3/regions'),
];

/** keystone's rules for what the Identity API offers (keystone.common.policies). */
export const identityRules: readonly RuleDefault[] = [...base, ...defineRules(['system', 'domain', 'project'], rows)];
