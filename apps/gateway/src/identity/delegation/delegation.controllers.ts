import { Get, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { IsString, MaxLength, MinLength } from 'class-validator';
import {
  AccessRule,
  AccessToken,
  AccessTokenPage,
  ApplicationCredential,
  Ec2Credential,
  Trust,
  declarationOf,
} from '#libs/contracts';
import type {
  AccessTokenData,
  InputOf,
  OwnedArgs,
  RoleData,
  TrustArgs,
  TrustData,
  UserAccessTokenArgs,
} from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { baseUrl } from '../../edge/links.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { collectionView, objectId } from '../collection/collection.js';
import { notFound } from '../errors/keystone-faults.js';
import { directoryController } from '../resource/directory.controller.js';
import type { Path } from '../resource/directory.controller.js';
import { roleView } from '../resource/resource-view.js';

/** `/users/{id}/access_rules`: the requests that a user's programs may make. */
export class AccessRulesController extends directoryController(declarationOf(AccessRule)) {}

/** `/users/{id}/application_credentials`: credentials with which a user's programs log in. */
export class ApplicationCredentialsController extends directoryController(declarationOf(ApplicationCredential)) {
  /** The project is the token's. */
  protected override createArgs(_request: FastifyRequest, input: InputOf<ApplicationCredential>): object {
    const { project_id: _project, system: _system, ...args } = input;
    return args;
  }
}

/** The whole body, which has no envelope. */
class Ec2CredentialBody {
  @IsString() @MinLength(1) @MaxLength(64) readonly tenant_id!: string;
}

/** `/users/{id}/credentials/OS-EC2`: keys for signing requests. */
export class Ec2CredentialsController extends directoryController(declarationOf(Ec2Credential), {
  except: ['create'],
}) {
  @Post()
  @AuthorizeObject('identity:ec2_create_credential')
  createKeys(
    @Req() request: FastifyRequest,
    @Param() path: Path,
    @ValidBody(Ec2CredentialBody) { tenant_id: projectId }: Ec2CredentialBody,
  ): Promise<object> {
    return this.create(request, path, [{ project_id: projectId }]);
  }
}

const accessTokens = declarationOf(AccessToken);

/** `/users/{id}/OS-OAUTH1/access_tokens`: the tokens with which consumers act for a user. */
export class AccessTokensController extends directoryController(accessTokens) {
  @Get(':id/roles')
  @AuthorizeObject('identity:list_access_token_roles')
  async roles(@Req() request: FastifyRequest, @Param() path: Path): Promise<object> {
    const { roles } = await this.#one(request, tokenArgs(path, 'roles'));
    const views = roles.map((role) => roleView(baseUrl(request), role));
    return collectionView(request, 'roles', views);
  }

  @Get(':id/roles/:role')
  @AuthorizeObject('identity:get_access_token_role')
  async role(@Req() request: FastifyRequest, @Param() path: Path): Promise<object> {
    const { roles } = await this.#one(request, tokenArgs(path, 'role'));
    return { role: oneRole(request, roles, path['role']) };
  }

  /** Its methods on the bus have names and arguments of their own. */
  protected override async ask(request: FastifyRequest, operation: string, args: OwnedArgs): Promise<unknown> {
    const { user_id, id } = args;
    if (operation === 'get') return accessTokens.object.wrap(await this.#one(request, { user_id, id, part: 'token' }));
    if (operation === 'delete') return this.identity.call(request, 'oauth1_access_token_delete', args);
    return this.identity.call(request, 'oauth1_access_tokens', { user_id, part: 'token' });
  }

  async #one(request: FastifyRequest, args: UserAccessTokenArgs): Promise<AccessTokenData> {
    const [token] = AccessTokenPage.unwrap(await this.identity.call(request, 'oauth1_access_tokens', args)).objects;
    if (token === undefined) throw notFound('access token', args.id ?? '');
    return token;
  }
}

function tokenArgs({ user = '', id = '' }: Path, part: UserAccessTokenArgs['part']): UserAccessTokenArgs {
  return { user_id: objectId('user', user), id: objectId('access token', id), part };
}

function oneRole(request: FastifyRequest, roles: readonly RoleData[], id = ''): object {
  const found = roles.find((role) => role.id === id);
  if (found === undefined) throw notFound('role', id);
  return roleView(baseUrl(request), found);
}

const trusts = declarationOf(Trust);

/** `/OS-TRUST/trusts`: the permissions of trustees to act in a trustor's name. */
export class TrustsController extends directoryController(trusts) {
  @Get(':id/roles')
  @AuthorizeObject('identity:list_roles_for_trust')
  async roles(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    const trust = await this.#get(request, id, 'roles');
    const links = { self: `${baseUrl(request)}/v3/${trusts.path}/${trust.id}/roles`, next: null, previous: null };
    return { roles: trust.roles.map((role) => roleView(baseUrl(request), role)), links };
  }

  @Get(':id/roles/:role')
  @AuthorizeObject('identity:get_role_for_trust')
  async role(@Req() request: FastifyRequest, @Param('id') id: string, @Param('role') role: string): Promise<object> {
    const { roles } = await this.#get(request, id, 'role');
    return { role: oneRole(request, roles, role) };
  }

  /** A single trust is requested as a whole (`part`), a list by its trustor or trustee. */
  protected override ask(request: FastifyRequest, operation: string, args: object): Promise<unknown> {
    if (operation === 'get') return super.ask(request, operation, { ...args, part: 'trust' });
    if (operation !== 'list') return super.ask(request, operation, args);
    const { filters = {} }: { readonly filters?: Readonly<Record<string, readonly string[]>> } = args;
    const whose = Object.entries(filters).flatMap(([name, [value]]) => (value ? [[name, value]] : []));
    return super.ask(request, operation, Object.fromEntries(whose));
  }

  protected override createArgs(_request: FastifyRequest, input: InputOf<Trust>): object {
    const { redelegated_trust_id: _parent, extra: _extra, ...args } = input;
    return args;
  }

  protected override listed(view: object): object {
    const { roles: _roles, roles_links: _links, ...others } = { roles: [], roles_links: {}, ...view };
    return others;
  }

  async #get(request: FastifyRequest, id: string, part: TrustArgs['part']): Promise<TrustData> {
    return trusts.object.unwrap(await this.identity.call(request, 'trust_get', { id: objectId('trust', id), part }));
  }
}
