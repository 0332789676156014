import { Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Group, UserPage, declarationOf } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { baseUrl } from '../../edge/links.js';
import { Filters, collectionView, objectId } from '../collection/collection.js';
import type { Filtered } from '../collection/collection.js';
import { linkController } from '../resource/link.controller.js';
import { resourceView, userView } from '../resource/resource-view.js';

/** The members of groups. */
export class GroupMembersController extends linkController({
  paths: ['groups/:group/users/:user'],
  put: { method: 'group_member_add' },
  get: { method: 'group_member_check' },
  delete: { method: 'group_member_remove' },
  changes: 'tokens',
}) {
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
    // keystone's memberships of federated users may expire; those here do not.
    const views = page.objects.map((group) => ({
      ...resourceView(declarationOf(Group), baseUrl(request), group),
      membership_expires_at: null,
    }));
    return collectionView(request, 'groups', views);
  }
}
