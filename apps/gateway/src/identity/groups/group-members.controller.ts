import { Controller, Delete, Get, Head, HttpCode, Inject, Param, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Group, UserPage, declarationOf } from '#libs/contracts';
import type { GroupMemberArgs } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { Filters, collectionView, objectId } from '../collection/collection.js';
import type { Filtered } from '../collection/collection.js';
import { resourceView, userView } from '../resource/resource-view.js';

const MEMBER = 'groups/:group/users/:user';

interface MemberPath {
  readonly group: string;
  readonly user: string;
}

/** Who is in which group. */
@Controller('v3')
export class GroupMembersController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(IdentityClient) private readonly identity: IdentityClient,
  ) {}

  @Get('groups/:group/users')
  @AuthorizeObject('identity:list_users_in_group')
  async users(
    @Req() request: FastifyRequest,
    @Param('group') group: string,
    @Filters({ names: ['name', 'enabled', 'domain_id'] }) { filters }: Filtered,
  ): Promise<object> {
    const args = { id: objectId('group', group), filters };
    const page = UserPage.unwrap(await this.identity.call(request, 'group_users', args));
    return collectionView(
      request,
      'users',
      page.objects.map((user) => userView(baseUrl(request), user)),
    );
  }

  @Get('users/:user/groups')
  @AuthorizeObject('identity:list_groups_for_user')
  async groups(
    @Req() request: FastifyRequest,
    @Param('user') user: string,
    @Filters({ names: ['name'] }) { filters }: Filtered,
  ): Promise<object> {
    const args = { id: objectId('user', user), filters };
    const page = declarationOf(Group).page.unwrap(await this.identity.call(request, 'user_groups', args));
    // keystone's memberships of federated users may end; ours have no end.
    const views = page.objects.map((group) => ({
      ...resourceView(declarationOf(Group), baseUrl(request), group),
      membership_expires_at: null,
    }));
    return collectionView(request, 'groups', views);
  }

  @Put(MEMBER)
  @AuthorizeObject('identity:add_user_to_group')
  @HttpCode(204)
  async add(@Req() request: FastifyRequest, @Param() path: MemberPath): Promise<void> {
    await this.identity.call(request, 'group_member_add', memberArgs(path));
  }

  @Head(MEMBER)
  @AuthorizeObject('identity:check_user_in_group')
  @HttpCode(204)
  async check(@Req() request: FastifyRequest, @Param() path: MemberPath): Promise<void> {
    await this.identity.call(request, 'group_member_check', memberArgs(path));
  }

  @Get(MEMBER)
  @AuthorizeObject('identity:check_user_in_group')
  @HttpCode(204)
  async show(@Req() request: FastifyRequest, @Param() path: MemberPath): Promise<void> {
    await this.identity.call(request, 'group_member_check', memberArgs(path));
  }

  @Delete(MEMBER)
  @AuthorizeObject('identity:remove_user_from_group')
  @HttpCode(204)
  async remove(@Req() request: FastifyRequest, @Param() path: MemberPath): Promise<void> {
    await this.identity.call(request, 'group_member_remove', memberArgs(path));
    await this.edge.revocations.refreshNow();
  }
}

function memberArgs({ group, user }: MemberPath): GroupMemberArgs {
  return { group_id: objectId('group', group), user_id: objectId('user', user) };
}
