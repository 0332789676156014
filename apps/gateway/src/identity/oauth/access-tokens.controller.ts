import { Controller, Delete, Get, HttpCode, Inject, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccessTokenPage } from '#libs/contracts';
import type { AccessTokenData, RoleData, UserAccessTokenArgs } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { collectionView, objectId } from '../collection/collection.js';
import { notFound } from '../errors/keystone-faults.js';
import { roleView } from '../resource/resource-view.js';

interface TokenPath {
  readonly user: string;
  readonly id: string;
}

/** `/v3/users/{id}/OS-OAUTH1/access_tokens`: by what consumers act for a user. */
@Controller('v3/users/:user/OS-OAUTH1/access_tokens')
export class AccessTokensController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(IdentityClient) private readonly identity: IdentityClient,
  ) {}

  @Get()
  @AuthorizeObject('identity:list_access_tokens')
  async list(@Req() request: FastifyRequest, @Param('user') user: string): Promise<object> {
    const tokens = await this.#ask(request, { user_id: objectId('user', user), part: 'token' });
    const views = tokens.map((token) => tokenView(baseUrl(request), token));
    return collectionView(request, 'access_tokens', views);
  }

  @Get(':id')
  @AuthorizeObject('identity:get_access_token')
  async show(@Req() request: FastifyRequest, @Param() path: TokenPath): Promise<object> {
    return { access_token: tokenView(baseUrl(request), await this.#one(request, path, 'token')) };
  }

  @Get(':id/roles')
  @AuthorizeObject('identity:list_access_token_roles')
  async roles(@Req() request: FastifyRequest, @Param() path: TokenPath): Promise<object> {
    const { roles } = await this.#one(request, path, 'roles');
    const views = roles.map((role) => roleView(baseUrl(request), role));
    return collectionView(request, 'roles', views);
  }

  @Get(':id/roles/:role')
  @AuthorizeObject('identity:get_access_token_role')
  async role(@Req() request: FastifyRequest, @Param() path: TokenPath & { readonly role: string }): Promise<object> {
    const { roles } = await this.#one(request, path, 'role');
    const role: RoleData | undefined = roles.find(({ id }) => id === path.role);
    if (role === undefined) throw notFound('role', path.role);
    return { role: roleView(baseUrl(request), role) };
  }

  @Delete(':id')
  @AuthorizeObject('identity:delete_access_token')
  @HttpCode(204)
  async remove(@Req() request: FastifyRequest, @Param() { user, id }: TokenPath): Promise<void> {
    const args = { user_id: objectId('user', user), id: objectId('access token', id) };
    await this.identity.call(request, 'oauth1_access_token_delete', args);
    await this.edge.revocations.refreshNow();
  }

  async #one(
    request: FastifyRequest,
    { user, id }: TokenPath,
    part: UserAccessTokenArgs['part'],
  ): Promise<AccessTokenData> {
    const args = { user_id: objectId('user', user), id: objectId('access token', id), part };
    const [token] = await this.#ask(request, args);
    if (token === undefined) throw notFound('access token', id);
    return token;
  }

  async #ask(request: FastifyRequest, args: UserAccessTokenArgs): Promise<readonly AccessTokenData[]> {
    return AccessTokenPage.unwrap(await this.identity.call(request, 'oauth1_access_tokens', args)).objects;
  }
}

function tokenView(base: string, { roles: _roles, ...token }: AccessTokenData): object {
  const self = `${base}/v3/users/${token.authorizing_user_id}/OS-OAUTH1/access_tokens/${token.id}`;
  return { ...token, links: { self, roles: `${self}/roles` } };
}
