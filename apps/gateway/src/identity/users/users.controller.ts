import { Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { IsObject, IsString, MaxLength, MinLength, ValidateNested } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { ProjectPage, User, declarationOf } from '#libs/contracts';
import type { InputOf } from '#libs/contracts';
import { Nested } from '#libs/messaging';
import { AuthorizeObject, Open } from '../../edge/access/access.decorators.js';
import { baseUrl } from '../../edge/links.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { domainFor } from '../collection/change-args.js';
import { Filters } from '../collection/collection-query.js';
import type { Filtered } from '../collection/collection-query.js';
import { collectionView } from '../collection/collection.view.js';
import { objectId } from '../collection/object-id.js';
import { directoryController } from '../resource/directory.controller.js';
import { projectView } from '../resource/resource-view.js';

class PasswordChange {
  @IsString() @MaxLength(4096) readonly original_password!: string;
  @IsString() @MinLength(1) @MaxLength(4096) readonly password!: string;
}

/** `POST /v3/users/{id}/password`. */
class PasswordChangeBody {
  @IsObject() @ValidateNested() @Nested(() => PasswordChange) readonly user!: PasswordChange;
}

/** `/users`. */
@Controller('v3/users')
export class UsersController extends directoryController(declarationOf(User)) {
  /** The projects on which a user has a role. */
  @Get(':id/projects')
  @AuthorizeObject('identity:list_user_projects')
  async projects(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Filters({ names: ['name', 'enabled', 'domain_id'] }) { filters }: Filtered,
  ): Promise<object> {
    const user = { user_id: objectId('user', id) };
    const args = Object.keys(filters).length === 0 ? user : { ...user, filters };
    const page = ProjectPage.unwrap(await this.identity.call(request, 'user_projects', args));
    const views = page.objects.map((project) => projectView(baseUrl(request), project));
    return collectionView(request, 'projects', views);
  }

  /** A user's own change of password, by who knows it, also when it is over; it ends all its tokens. */
  @Post(':id/password')
  @Open()
  @HttpCode(204)
  async changePassword(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @ValidBody(PasswordChangeBody) body: PasswordChangeBody,
  ): Promise<void> {
    const { original_password, password } = body.user;
    const args = { user_id: objectId('user', id), original_password, password };
    await this.identity.call(request, 'user_change_password', args);
    await this.edge.revocations.refreshNow();
  }

  protected override createArgs(request: FastifyRequest, input: InputOf<User>): object {
    // Before a domain is chosen for a body without one: the manager of a domain has to name it.
    const { domain_id: domainId } = input;
    this.policy.authorize(request, 'create_user', { user: domainId === undefined ? {} : { domain_id: domainId } });
    return { ...this.updateArgs(input), domain_id: domainFor(request, domainId) };
  }

  protected override updateArgs({ federated: _federated, ...input }: InputOf<User>): object {
    return input;
  }
}
