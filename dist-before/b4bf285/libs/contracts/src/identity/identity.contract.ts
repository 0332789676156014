import { call, defineContract, type } from '#libs/messaging';
import { IdArgs, ListArgs } from '../objects/list-args.js';
import {
  DomainCreateArgs,
  DomainUpdateArgs,
  GrantArgs,
  GrantListArgs,
  PasswordChangeArgs,
  ProjectCreateArgs,
  ProjectUpdateArgs,
  RoleCreateArgs,
  RoleUpdateArgs,
  UserCreateArgs,
  UserUpdateArgs,
} from './identity-changes.args.js';
import type { Page, VersionedObject } from '../objects/versioned-object.js';
import { AuthenticatePasswordArgs, AuthenticateTokenArgs, TokenRevokeArgs, UserProjectsArgs } from './identity.args.js';
import type {
  AuthenticationData,
  DomainData,
  ProjectData,
  RevocationData,
  RoleAssignmentData,
  RoleData,
  UserData,
} from './identity.objects.js';

/** Domains, projects, users, roles, assignments and revocations: the state behind the Identity API. */
export const identityContract = defineContract({
  topic: 'identity',
  namespace: 'albireo',
  version: '1.0',
  methods: {
    /** Errors: Unauthorized (which part was wrong is not said), TooManyAttempts. */
    authenticate_password: call({
      args: AuthenticatePasswordArgs,
      result: type<VersionedObject<AuthenticationData>>(),
      idempotent: true,
    }),
    authenticate_token: call({
      args: AuthenticateTokenArgs,
      result: type<VersionedObject<AuthenticationData>>(),
      idempotent: true,
    }),
    token_revoke: call({ args: TokenRevokeArgs, result: type<null>(), idempotent: true }),
    /** Every revocation that has not expired; gateways ask at start and every 30 s. */
    revocation_list: call<VersionedObject<Page<RevocationData>>>({ args: null, idempotent: true }),
    user_projects: call({
      args: UserProjectsArgs,
      result: type<VersionedObject<Page<ProjectData>>>(),
      idempotent: true,
    }),
    /** Filters of the four lists: id, name, enabled; domain_id of projects, users and roles. */
    domain_list: call({ args: ListArgs, result: type<VersionedObject<Page<DomainData>>>(), idempotent: true }),
    domain_get: call({ args: IdArgs, result: type<VersionedObject<DomainData>>(), idempotent: true }),
    project_list: call({ args: ListArgs, result: type<VersionedObject<Page<ProjectData>>>(), idempotent: true }),
    project_get: call({ args: IdArgs, result: type<VersionedObject<ProjectData>>(), idempotent: true }),
    user_list: call({ args: ListArgs, result: type<VersionedObject<Page<UserData>>>(), idempotent: true }),
    user_get: call({ args: IdArgs, result: type<VersionedObject<UserData>>(), idempotent: true }),
    role_list: call({ args: ListArgs, result: type<VersionedObject<Page<RoleData>>>(), idempotent: true }),
    role_get: call({ args: IdArgs, result: type<VersionedObject<RoleData>>(), idempotent: true }),
    /** Changes. Errors: PolicyNotAuthorized, the kind's NotFound, Conflict for a name that is taken, InvalidInput. */
    domain_create: call({ args: DomainCreateArgs, result: type<VersionedObject<DomainData>>() }),
    domain_update: call({ args: DomainUpdateArgs, result: type<VersionedObject<DomainData>>() }),
    /** With all its projects and users; PolicyNotAuthorized while it is enabled. */
    domain_delete: call({ args: IdArgs, result: type<null>() }),
    project_create: call({ args: ProjectCreateArgs, result: type<VersionedObject<ProjectData>>() }),
    project_update: call({ args: ProjectUpdateArgs, result: type<VersionedObject<ProjectData>>() }),
    project_delete: call({ args: IdArgs, result: type<null>() }),
    user_create: call({ args: UserCreateArgs, result: type<VersionedObject<UserData>>() }),
    user_update: call({ args: UserUpdateArgs, result: type<VersionedObject<UserData>>() }),
    user_delete: call({ args: IdArgs, result: type<null>() }),
    /** Errors: Unauthorized for a wrong original password, TooManyAttempts, InvalidInput. */
    user_change_password: call({ args: PasswordChangeArgs, result: type<null>() }),
    role_create: call({ args: RoleCreateArgs, result: type<VersionedObject<RoleData>>() }),
    role_update: call({ args: RoleUpdateArgs, result: type<VersionedObject<RoleData>>() }),
    role_delete: call({ args: IdArgs, result: type<null>() }),
    /** Roles of a user on a project, a domain or the system. A grant that is there already stays. */
    grant_create: call({ args: GrantArgs, result: type<null>() }),
    grant_delete: call({ args: GrantArgs, result: type<null>() }),
    /** RoleAssignmentNotFound when there is no such grant. */
    grant_check: call({ args: GrantArgs, result: type<null>(), idempotent: true }),
    grant_list: call({ args: GrantListArgs, result: type<VersionedObject<Page<RoleData>>>(), idempotent: true }),
    /** Filters: user_id, project_id, domain_id, role_id, system = `all`, and effective = `true`. */
    role_assignment_list: call({
      args: ListArgs,
      result: type<VersionedObject<Page<RoleAssignmentData>>>(),
      idempotent: true,
    }),
  },
});
export type IdentityContract = typeof identityContract;
