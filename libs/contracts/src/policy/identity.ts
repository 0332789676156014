import type { RuleDefault, ScopeType } from '#libs/policy';
import { ADMIN, ANY_SCOPE, NOT_DOMAIN, READER, SYSTEM_READER, identityBase } from './identity-base.js';
import { anyOf, defineRules } from '#libs/policy';
import type { RuleRow } from '#libs/policy';
import { delegationRules } from './identity-delegation.js';
import { extensionRules } from './identity-extensions.js';
import { grantRules } from './identity-grants.js';
import { identityResourceRules } from './identity-resources.js';

const USER = anyOf(
  ADMIN,
  SYSTEM_READER,
  'role:reader and token.domain.id:%(target.user.domain_id)s',
  'user_id:%(target.user.id)s',
);
const USER_MANAGER = anyOf(ADMIN, 'role:manager and token.domain.id:%(target.user.domain_id)s');
const DOMAIN_READER = anyOf(ADMIN, SYSTEM_READER, 'role:reader and domain_id:%(target.domain_id)s');
const OWN_DOMAIN = 'domain_id:%(target.project.domain_id)s and not None:%(target.project.domain_id)s';
const PROJECT = anyOf(ADMIN, SYSTEM_READER, `role:reader and ${OWN_DOMAIN}`, 'project_id:%(target.project.id)s');
const PROJECT_MANAGER = anyOf(ADMIN, `role:manager and ${OWN_DOMAIN}`);
const USER_PROJECTS = anyOf(
  ADMIN,
  SYSTEM_READER,
  'role:reader and domain_id:%(target.user.domain_id)s',
  'user_id:%(target.user.id)s',
);
const DOMAIN = anyOf(
  ADMIN,
  SYSTEM_READER,
  'token.domain.id:%(target.domain.id)s',
  'token.project.domain.id:%(target.domain.id)s',
);
const DOMAINS = anyOf(READER, 'role:reader and domain_id:%(target.domain.id)s');
/** A rule that any valid token satisfies, unscoped ones too. */
const HOLDER = '';

/** Create, update and delete of one kind of object, permitted by the check. */
function changes(kind: string, path: string, check: string): RuleRow[] {
  return [
    [`identity:create_${kind}`, check, `Create a ${kind}`, `POST ${path}`],
    [`identity:update_${kind}`, check, `Change a ${kind}`, `PATCH ${path}/{${kind}_id}`],
    [`identity:delete_${kind}`, check, `Delete a ${kind}`, `DELETE ${path}/{${kind}_id}`],
  ];
}

const everyScope: readonly RuleRow[] = [
  ['identity:check_token', anyOf(READER, 'rule:token_subject'), 'Check a token', 'HEAD /v3/auth/tokens'],
  [
    'identity:validate_token',
    anyOf(READER, 'rule:service_role', 'rule:token_subject'),
    'Show a token',
    'GET /v3/auth/tokens',
  ],
  ['identity:revoke_token', anyOf(ADMIN, 'rule:token_subject'), 'Revoke a token', 'DELETE /v3/auth/tokens'],
  ['identity:list_users', DOMAIN_READER, 'List users', 'GET /v3/users'],
  ['identity:get_user', USER, 'Show a user', 'GET /v3/users/{user_id}'],
  ...changes('user', '/v3/users', USER_MANAGER),
  ['identity:list_user_projects', USER_PROJECTS, 'List projects of a user', 'GET /v3/users/{user_id}/projects'],
  ['identity:list_projects', DOMAIN_READER, 'List projects', 'GET /v3/projects'],
  ['identity:get_project', PROJECT, 'Show a project', 'GET /v3/projects/{project_id}'],
  ...changes('project', '/v3/projects', PROJECT_MANAGER),
  ['identity:list_project_tags', PROJECT, 'List tags of a project', 'GET /v3/projects/{project_id}/tags'],
  ['identity:get_project_tag', PROJECT, 'Check a tag of a project', 'GET /v3/projects/{project_id}/tags/{value}'],
  ['identity:update_project_tags', PROJECT_MANAGER, 'Replace tags of a project', 'PUT /v3/projects/{project_id}/tags'],
  ['identity:create_project_tag', PROJECT_MANAGER, 'Tag a project', 'PUT /v3/projects/{project_id}/tags/{value}'],
  ['identity:delete_project_tags', PROJECT_MANAGER, 'Untag a project', 'DELETE /v3/projects/{project_id}/tags'],
  [
    'identity:delete_project_tag',
    PROJECT_MANAGER,
    'Take a tag off a project',
    'DELETE /v3/projects/{project_id}/tags/{value}',
  ],
  ['identity:list_domains', DOMAINS, 'List domains', 'GET /v3/domains'],
  ['identity:get_domain', DOMAIN, 'Show a domain', 'GET /v3/domains/{domain_id}'],
  [
    'identity:list_roles',
    anyOf(READER, 'role:manager and not domain_id:None'),
    'List roles of all domains',
    'GET /v3/roles',
  ],
  [
    'identity:get_role',
    anyOf(READER, 'role:manager and rule:domain_managed_target_role'),
    'Show a role of all domains',
    'GET /v3/roles/{role_id}',
  ],
  ['identity:list_role_assignments', DOMAIN_READER, 'List assignments', 'GET /v3/role_assignments'],
  [
    'identity:list_role_assignments_for_tree',
    DOMAIN_READER,
    'List assignments of a project and those below it',
    'GET /v3/role_assignments?include_subtree',
  ],
  ['identity:list_regions', HOLDER, 'List regions', 'GET /v3/regions'],
  ['identity:get_region', HOLDER, 'Show a region', 'GET /v3/regions/{region_id}'],
];

const notDomainScope: readonly RuleRow[] = [
  ...changes('domain', '/v3/domains', ADMIN),
  ...changes('role', '/v3/roles', ADMIN),
  ['identity:list_domain_roles', READER, 'List roles of a domain', 'GET /v3/roles?domain_id={domain_id}'],
  ['identity:get_domain_role', READER, 'Show a role of a domain', 'GET /v3/roles/{role_id}'],
  ...changes('domain_role', '/v3/roles', ADMIN),
  ['identity:list_services', READER, 'List services', 'GET /v3/services'],
  ['identity:get_service', READER, 'Show a service', 'GET /v3/services/{service_id}'],
  ['identity:list_endpoints', READER, 'List endpoints', 'GET /v3/endpoints'],
  ['identity:get_endpoint', READER, 'Show an endpoint', 'GET /v3/endpoints/{endpoint_id}'],
];

/** For the holder of a token of any scope. */
const own: readonly RuleRow[] = [
  ['identity:get_auth_catalog', HOLDER, 'Show the catalog', 'GET /v3/auth/catalog'],
  ['identity:get_auth_projects', HOLDER, 'List own projects', 'GET /v3/auth/projects'],
  ['identity:get_auth_domains', HOLDER, 'List own domains', 'GET /v3/auth/domains'],
  ['identity:get_auth_system', HOLDER, 'List own system scope', 'GET /v3/auth/system'],
];

const tables: readonly (readonly [readonly ScopeType[], readonly RuleRow[]])[] = [
  [ANY_SCOPE, everyScope],
  [NOT_DOMAIN, notDomainScope],
  [[], own],
];

/** keystone's rules for the operations of the Identity API (keystone.common.policies), including scope types. */
export const identityRules: readonly RuleDefault[] = [
  ...identityBase,
  ...tables.flatMap(([scopes, rows]) => defineRules(scopes, rows)),
  ...grantRules,
  ...identityResourceRules,
  ...delegationRules,
  ...extensionRules,
];
