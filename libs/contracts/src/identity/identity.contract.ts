import { call, defineContract, type } from '#libs/messaging';
import { resourceMethods } from '../resource/resource-methods.js';
import { DomainConfigArgs } from './domain-config.js';
import type { DomainConfigResult } from './domain-config.js';
import { authenticationMethods } from './authentication.methods.js';
import { catalogLinkMethods } from './catalog-links.methods.js';
import type { CatalogData } from './catalog.js';
import type { DomainData, GroupData, ProjectData, RoleData, UserData } from './resources/index.js';
import { directoryMethods, ownedMethods } from './directory.methods.js';
import { identityResources } from './resources/index.js';
import { IdArgs, ListArgs } from '../objects/list-args.js';
import type { Page, VersionedObject } from '../objects/versioned-object.js';
import {
  GrantArgs,
  GrantListArgs,
  GroupMemberArgs,
  ImpliedRoleArgs,
  MembershipListArgs,
  PasswordChangeArgs,
  ProjectTagsArgs,
  AuthenticatePasswordArgs,
  AuthenticateTokenArgs,
  ProjectRelativesArgs,
  TokenRevokeArgs,
  UserProjectsArgs,
} from './identity.args.js';
import type {
  AuthenticationData,
  RevocationPageData,
  RoleAssignmentData,
  RoleInferenceData,
} from './identity.objects.js';

/** Rules about grants: those on the system have some of their own. */
function grantRules(rule: string): readonly [string, ...string[]] {
  const ofSystem = ['user', 'group'].map((holder) => `identity:${rule.replace('_', '_system_')}_for_${holder}`);
  return [`identity:${rule}`, ...ofSystem];
}

/** Domains, projects, users, roles, assignments and revocations: the state behind the Identity API. */
export const identityContract = defineContract({
  topic: 'identity',
  namespace: 'albireo',
  version: '1.2',
  methods: {
    ...resourceMethods(identityResources),
    ...directoryMethods,
    ...ownedMethods,
    ...authenticationMethods,
    ...catalogLinkMethods,
    /** Errors: Unauthorized (without saying which part was wrong), TooManyAttempts. */
    authenticate_password: call({
      access: 'anyone',
      args: AuthenticatePasswordArgs,
      result: type<VersionedObject<AuthenticationData>>(),
      idempotent: true,
    }),
    authenticate_token: call({
      access: 'anyone',
      args: AuthenticateTokenArgs,
      result: type<VersionedObject<AuthenticationData>>(),
      idempotent: true,
    }),
    /** The services and endpoints shown in tokens. */
    catalog_get: call<VersionedObject<CatalogData>>({ access: 'anyone', args: null, idempotent: true, since: '1.1' }),
    token_revoke: call({ access: 'users', args: TokenRevokeArgs, result: type<null>(), idempotent: true }),
    /** Every revocation that has not expired; gateways call this at start and every 30 s. */
    revocation_list: call<VersionedObject<RevocationPageData>>({ access: 'anyone', args: null, idempotent: true }),
    user_projects: call({
      access: ['identity:list_user_projects'],
      args: UserProjectsArgs,
      result: type<VersionedObject<Page<ProjectData>>>(),
      idempotent: true,
    }),
    /** Domains on which the caller has a role, whatever the scope of its token. */
    own_domains: call<VersionedObject<Page<DomainData>>>({
      access: ['identity:get_auth_domains'],
      args: null,
      idempotent: true,
      since: '1.1',
    }),
    /** Whether the caller has a role on the whole system. */
    own_system: call<boolean>({ access: ['identity:get_auth_system'], args: null, idempotent: true, since: '1.1' }),
    /** Error of `project_get`. */
    project_relatives: call({
      access: ['identity:get_project'],
      args: ProjectRelativesArgs,
      result: type<VersionedObject<Page<ProjectData>>>(),
      idempotent: true,
      since: '1.1',
    }),
    /** Errors: Unauthorized for a wrong original password, TooManyAttempts, InvalidInput. */
    user_change_password: call({ access: 'anyone', args: PasswordChangeArgs, result: type<null>() }),
    /** Roles of a user on a project, a domain or the system. An existing grant is left unchanged. */
    grant_create: call({ access: grantRules('create_grant'), args: GrantArgs, result: type<null>() }),
    grant_delete: call({ access: grantRules('revoke_grant'), args: GrantArgs, result: type<null>() }),
    /** RoleAssignmentNotFound when there is no such grant. */
    grant_check: call({
      access: grantRules('check_grant'),
      args: GrantArgs,
      result: type<null>(),
      idempotent: true,
    }),
    grant_list: call({
      access: grantRules('list_grants'),
      args: GrantListArgs,
      result: type<VersionedObject<Page<RoleData>>>(),
      idempotent: true,
    }),
    /** The members of a group. Errors of these: PolicyNotAuthorized, GroupNotFound, UserNotFound. */
    group_users: call({
      access: ['identity:list_users_in_group'],
      args: MembershipListArgs,
      result: type<VersionedObject<Page<UserData>>>(),
      idempotent: true,
      since: '1.1',
    }),
    user_groups: call({
      access: ['identity:list_groups_for_user'],
      args: MembershipListArgs,
      result: type<VersionedObject<Page<GroupData>>>(),
      idempotent: true,
      since: '1.1',
    }),
    group_member_add: call({
      access: ['identity:add_user_to_group'],
      args: GroupMemberArgs,
      result: type<null>(),
      since: '1.1',
    }),
    group_member_remove: call({
      access: ['identity:remove_user_from_group'],
      args: GroupMemberArgs,
      result: type<null>(),
      since: '1.1',
    }),
    /** NotFound for a user who is not a member. */
    group_member_check: call({
      access: ['identity:check_user_in_group'],
      args: GroupMemberArgs,
      result: type<null>(),
      idempotent: true,
      since: '1.1',
    }),
    /** All implied roles, of any prior role. */
    role_inference_list: call<VersionedObject<Page<RoleInferenceData>>>({
      access: ['identity:list_role_inference_rules'],
      args: null,
      idempotent: true,
      since: '1.1',
    }),
    implied_role_list: call({
      access: ['identity:list_implied_roles'],
      args: IdArgs,
      result: type<VersionedObject<Page<RoleInferenceData>>>(),
      idempotent: true,
      since: '1.1',
    }),
    /** Errors of these: PolicyNotAuthorized, RoleNotFound, ImpliedRoleNotFound. */
    implied_role_get: call({
      access: ['identity:get_implied_role', 'identity:check_implied_role'],
      args: ImpliedRoleArgs,
      result: type<VersionedObject<Page<RoleInferenceData>>>(),
      idempotent: true,
      since: '1.1',
    }),
    implied_role_create: call({
      access: ['identity:create_implied_role'],
      args: ImpliedRoleArgs,
      result: type<null>(),
      since: '1.1',
    }),
    implied_role_delete: call({
      access: ['identity:delete_implied_role'],
      args: ImpliedRoleArgs,
      result: type<null>(),
      since: '1.1',
    }),
    /** Errors: PolicyNotAuthorized, DomainNotFound, DomainConfigNotFound, InvalidDomainConfig. */
    domain_config: call({
      access: [
        'identity:get_domain_config',
        'identity:get_security_compliance_domain_config',
        'identity:create_domain_config',
        'identity:update_domain_config',
        'identity:delete_domain_config',
      ],
      args: DomainConfigArgs,
      result: type<DomainConfigResult>(),
      since: '1.1',
    }),
    /** Returns the tags after the change. Errors: PolicyNotAuthorized, ProjectNotFound, ProjectTagNotFound. */
    project_tags: call({
      access: [
        'identity:list_project_tags',
        'identity:get_project_tag',
        'identity:update_project_tags',
        'identity:create_project_tag',
        'identity:delete_project_tags',
        'identity:delete_project_tag',
      ],
      args: ProjectTagsArgs,
      result: type<readonly string[]>(),
      since: '1.1',
    }),
    /** Filters: user_id, group_id, project_id, domain_id, role_id, system = `all`, inherited, effective and include_subtree = `true`. */
    role_assignment_list: call({
      access: ['identity:list_role_assignments', 'identity:list_role_assignments_for_tree'],
      args: ListArgs,
      result: type<VersionedObject<Page<RoleAssignmentData>>>(),
      idempotent: true,
    }),
  },
});
export type IdentityContract = typeof identityContract;
