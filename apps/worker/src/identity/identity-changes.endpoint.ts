import { Group, RoleInferencePage, RolePage, UserPage, declarationOf, identityContract } from '#libs/contracts';
import type {
  DomainConfigArgs,
  GrantArgs,
  GrantListArgs,
  GroupMemberArgs,
  ImpliedRoleArgs,
  MembershipListArgs,
  ProjectTagsArgs,
  IdArgs,
  IdentityContract,
  PasswordChangeArgs,
} from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging/nest';
import type { MethodName, ResultOf } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import { DomainConfigs } from './changes/domain-configs.js';
import { GrantManager } from './changes/grant-manager.js';
import { GroupMembers } from './changes/group-members.js';
import { IdentityChanges } from './changes/identity-changes.js';
import { ImpliedRoles } from './changes/implied-roles.js';
import { projectTags } from './changes/project-tags.js';
import { UserManager } from './changes/user-manager.js';

type Result<K extends MethodName<IdentityContract>> = Promise<ResultOf<IdentityContract, K>>;

/** The topic identity: methods that change the directory. */
@RpcEndpoint(identityContract)
export class IdentityChangesEndpoint {
  constructor(
    private readonly users: UserManager,
    private readonly grants: GrantManager,
    private readonly members: GroupMembers,
    private readonly implied: ImpliedRoles,
    private readonly changes: IdentityChanges,
    private readonly configs: DomainConfigs,
  ) {}

  @RpcMethod('user_change_password')
  async changePassword(ctx: RequestContext, args: PasswordChangeArgs): Result<'user_change_password'> {
    await this.users.changePassword(ctx, args);
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
