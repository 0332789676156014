import {
  DomainObject,
  Group,
  ProjectObject,
  RoleObject,
  RoleInferencePage,
  RolePage,
  UserObject,
  UserPage,
  declarationOf,
  identityContract,
} from '#libs/contracts';
import type {
  DomainConfigArgs,
  DomainCreateArgs,
  DomainUpdateArgs,
  GrantArgs,
  GrantListArgs,
  GroupMemberArgs,
  ImpliedRoleArgs,
  MembershipListArgs,
  ProjectTagsArgs,
  IdArgs,
  IdentityContract,
  PasswordChangeArgs,
  ProjectCreateArgs,
  ProjectUpdateArgs,
  RoleCreateArgs,
  RoleUpdateArgs,
  UserCreateArgs,
  UserUpdateArgs,
} from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging/nest';
import type { MethodName, ResultOf } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import { DomainConfigs } from './changes/domain-configs.js';
import { DomainManager } from './changes/domain-manager.js';
import { GrantManager } from './changes/grant-manager.js';
import { GroupMembers } from './changes/group-members.js';
import { IdentityChanges } from './changes/identity-changes.js';
import { ImpliedRoles } from './changes/implied-roles.js';
import { projectTags } from './changes/project-tags.js';
import { ProjectManager } from './changes/project-manager.js';
import { RoleManager } from './changes/role-manager.js';
import { UserManager } from './changes/user-manager.js';

type Result<K extends MethodName<IdentityContract>> = Promise<ResultOf<IdentityContract, K>>;

/** The topic identity: what changes the directory. */
@RpcEndpoint(identityContract)
export class IdentityChangesEndpoint {
  constructor(
    private readonly domains: DomainManager,
    private readonly projects: ProjectManager,
    private readonly users: UserManager,
    private readonly roles: RoleManager,
    private readonly grants: GrantManager,
    private readonly members: GroupMembers,
    private readonly implied: ImpliedRoles,
    private readonly changes: IdentityChanges,
    private readonly configs: DomainConfigs,
  ) {}

  @RpcMethod('domain_create')
  async createDomain(ctx: RequestContext, args: DomainCreateArgs): Result<'domain_create'> {
    return DomainObject.wrap(await this.domains.create(ctx, args));
  }

  @RpcMethod('domain_update')
  async updateDomain(ctx: RequestContext, args: DomainUpdateArgs): Result<'domain_update'> {
    return DomainObject.wrap(await this.domains.update(ctx, args));
  }

  @RpcMethod('domain_delete')
  async deleteDomain(ctx: RequestContext, args: IdArgs): Result<'domain_delete'> {
    await this.domains.delete(ctx, args.id);
    return null;
  }

  @RpcMethod('project_create')
  async createProject(ctx: RequestContext, args: ProjectCreateArgs): Result<'project_create'> {
    return ProjectObject.wrap(await this.projects.create(ctx, args));
  }

  @RpcMethod('project_update')
  async updateProject(ctx: RequestContext, args: ProjectUpdateArgs): Result<'project_update'> {
    return ProjectObject.wrap(await this.projects.update(ctx, args));
  }

  @RpcMethod('project_delete')
  async deleteProject(ctx: RequestContext, args: IdArgs): Result<'project_delete'> {
    await this.projects.delete(ctx, args.id);
    return null;
  }

  @RpcMethod('user_create')
  async createUser(ctx: RequestContext, args: UserCreateArgs): Result<'user_create'> {
    return UserObject.wrap(await this.users.create(ctx, args));
  }

  @RpcMethod('user_update')
  async updateUser(ctx: RequestContext, args: UserUpdateArgs): Result<'user_update'> {
    return UserObject.wrap(await this.users.update(ctx, args));
  }

  @RpcMethod('user_delete')
  async deleteUser(ctx: RequestContext, args: IdArgs): Result<'user_delete'> {
    await this.users.delete(ctx, args.id);
    return null;
  }

  @RpcMethod('user_change_password')
  async changePassword(ctx: RequestContext, args: PasswordChangeArgs): Result<'user_change_password'> {
    await this.users.changePassword(ctx, args);
    return null;
  }

  @RpcMethod('role_create')
  async createRole(ctx: RequestContext, args: RoleCreateArgs): Result<'role_create'> {
    return RoleObject.wrap(await this.roles.create(ctx, args));
  }

  @RpcMethod('role_update')
  async updateRole(ctx: RequestContext, args: RoleUpdateArgs): Result<'role_update'> {
    return RoleObject.wrap(await this.roles.update(ctx, args));
  }

  @RpcMethod('role_delete')
  async deleteRole(ctx: RequestContext, args: IdArgs): Result<'role_delete'> {
    await this.roles.delete(ctx, args.id);
    return null;
  }

  @RpcMethod('grant_create')
  async createGrant(ctx: RequestContext, args: GrantArgs): Result<'grant_create'> {
    await this.grants.create(ctx, args);
    return null;
  }

  @RpcMethod('grant_delete')
  async deleteGrant(ctx: RequestContext, args: GrantArgs): Result<'grant_delete'> {
    await this.grants.delete(ctx, args);
    return null;
  }

  @RpcMethod('grant_check')
  async checkGrant(ctx: RequestContext, args: GrantArgs): Result<'grant_check'> {
    await this.grants.check(ctx, args);
    return null;
  }

  @RpcMethod('grant_list')
  async listGrants(ctx: RequestContext, args: GrantListArgs): Result<'grant_list'> {
    return RolePage.wrap({ objects: await this.grants.list(ctx, args), next_marker: null });
  }

  @RpcMethod('group_users')
  async listGroupUsers(ctx: RequestContext, args: MembershipListArgs): Result<'group_users'> {
    return UserPage.wrap(await this.members.users(ctx, args));
  }

  @RpcMethod('user_groups')
  async listUserGroups(ctx: RequestContext, args: MembershipListArgs): Result<'user_groups'> {
    return declarationOf(Group).page.wrap(await this.members.groups(ctx, args));
  }

  @RpcMethod('group_member_add')
  async addMember(ctx: RequestContext, args: GroupMemberArgs): Result<'group_member_add'> {
    await this.members.add(ctx, args);
    return null;
  }

  @RpcMethod('group_member_remove')
  async removeMember(ctx: RequestContext, args: GroupMemberArgs): Result<'group_member_remove'> {
    await this.members.remove(ctx, args);
    return null;
  }

  @RpcMethod('group_member_check')
  async checkMember(ctx: RequestContext, args: GroupMemberArgs): Result<'group_member_check'> {
    await this.members.check(ctx, args);
    return null;
  }

  @RpcMethod('role_inference_list')
  async listInferences(ctx: RequestContext): Result<'role_inference_list'> {
    return RoleInferencePage.wrap({ objects: await this.implied.all(ctx), next_marker: null });
  }

  @RpcMethod('implied_role_list')
  async listImplied(ctx: RequestContext, args: IdArgs): Result<'implied_role_list'> {
    return RoleInferencePage.wrap({ objects: await this.implied.of(ctx, args.id), next_marker: null });
  }

  @RpcMethod('implied_role_get')
  async getImplied(ctx: RequestContext, args: ImpliedRoleArgs): Result<'implied_role_get'> {
    return RoleInferencePage.wrap({ objects: [await this.implied.get(ctx, args)], next_marker: null });
  }

  @RpcMethod('implied_role_create')
  async createImplied(ctx: RequestContext, args: ImpliedRoleArgs): Result<'implied_role_create'> {
    await this.implied.create(ctx, args);
    return null;
  }

  @RpcMethod('implied_role_delete')
  async deleteImplied(ctx: RequestContext, args: ImpliedRoleArgs): Result<'implied_role_delete'> {
    await this.implied.delete(ctx, args);
    return null;
  }

  @RpcMethod('domain_config')
  changeConfig(ctx: RequestContext, args: DomainConfigArgs): Result<'domain_config'> {
    return this.configs.run(ctx, args);
  }

  @RpcMethod('project_tags')
  changeTags(ctx: RequestContext, args: ProjectTagsArgs): Result<'project_tags'> {
    return projectTags(this.changes, ctx, args);
  }
}
