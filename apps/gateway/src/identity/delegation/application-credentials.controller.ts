import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccessRule, AccessRulePage, ApplicationCredential, ApplicationCredentialPage } from '#libs/contracts';
import type { AccessRuleData, ApplicationCredentialData, OwnedArgs } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { Filters, collectionView, objectId } from '../collection/collection.js';
import type { Filtered } from '../collection/collection.js';
import { ApplicationCredentialBody } from './delegation.dto.js';

interface OwnedPath {
  readonly user: string;
  readonly id: string;
}

/** What a user lets its programs log in with, and which requests they may make. */
@Controller('v3/users/:user')
export class ApplicationCredentialsController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(IdentityClient) private readonly identity: IdentityClient,
  ) {}

  @Get('application_credentials')
  @AuthorizeObject('identity:list_application_credentials')
  async list(
    @Req() request: FastifyRequest,
    @Param('user') user: string,
    @Filters({ names: ['name'] }) { filters }: Filtered,
  ): Promise<object> {
    const args = { user_id: objectId('user', user), filters };
    const page = await this.identity.call(request, 'application_credential_list', args);
    const views = ApplicationCredentialPage.unwrap(page).objects.map((one) => credentialView(baseUrl(request), one));
    return collectionView(request, 'application_credentials', views);
  }

  @Get('application_credentials/:id')
  @AuthorizeObject('identity:get_application_credential')
  async show(@Req() request: FastifyRequest, @Param() path: OwnedPath): Promise<object> {
    const found = await this.identity.call(request, 'application_credential_get', ownedArgs(path));
    return { application_credential: credentialView(baseUrl(request), ApplicationCredential.unwrap(found)) };
  }

  @Post('application_credentials')
  @AuthorizeObject('identity:create_application_credential')
  async create(
    @Req() request: FastifyRequest,
    @Param('user') user: string,
    @ValidBody(ApplicationCredentialBody) body: ApplicationCredentialBody,
  ): Promise<object> {
    const {
      id: _id,
      project_id: _project,
      system: _system,
      ...fields
    } = Object.assign({}, body.application_credential);
    const args = { ...fields, user_id: objectId('user', user) };
    const made = await this.identity.call(request, 'application_credential_create', args);
    return { application_credential: credentialView(baseUrl(request), ApplicationCredential.unwrap(made)) };
  }

  @Delete('application_credentials/:id')
  @AuthorizeObject('identity:delete_application_credential')
  @HttpCode(204)
  async remove(@Req() request: FastifyRequest, @Param() path: OwnedPath): Promise<void> {
    await this.identity.call(request, 'application_credential_delete', ownedArgs(path));
    await this.edge.revocations.refreshNow();
  }

  @Get('access_rules')
  @AuthorizeObject('identity:list_access_rules')
  async rules(
    @Req() request: FastifyRequest,
    @Param('user') user: string,
    @Filters({ names: ['service', 'path', 'method'] }) { filters }: Filtered,
  ): Promise<object> {
    const args = { user_id: objectId('user', user), filters };
    const page = AccessRulePage.unwrap(await this.identity.call(request, 'access_rule_list', args));
    const views = page.objects.map((rule) => ruleView(baseUrl(request), user, rule));
    return collectionView(request, 'access_rules', views);
  }

  @Get('access_rules/:id')
  @AuthorizeObject('identity:get_access_rule')
  async rule(@Req() request: FastifyRequest, @Param() path: OwnedPath): Promise<object> {
    const rule = AccessRule.unwrap(await this.identity.call(request, 'access_rule_get', ownedArgs(path)));
    return { access_rule: ruleView(baseUrl(request), path.user, rule) };
  }

  @Delete('access_rules/:id')
  @AuthorizeObject('identity:delete_access_rule')
  @HttpCode(204)
  async removeRule(@Req() request: FastifyRequest, @Param() path: OwnedPath): Promise<void> {
    await this.identity.call(request, 'access_rule_delete', ownedArgs(path));
  }
}

function ownedArgs({ user, id }: OwnedPath): OwnedArgs {
  return { user_id: objectId('user', user), id: objectId('application credential', id) };
}

function credentialView(base: string, credential: ApplicationCredentialData): object {
  const { roles, access_rules: rules, user_id: userId, ...fields } = credential;
  return {
    ...fields,
    user_id: userId,
    roles: roles.map(({ id, name, domain_id: domain, description, options }) => ({
      id,
      name,
      domain_id: domain,
      description: description ?? null,
      options: options ?? {},
    })),
    ...(rules.length === 0 ? {} : { access_rules: rules }),
    links: { self: `${base}/v3/users/${userId}/application_credentials/${credential.id}` },
  };
}

function ruleView(base: string, user: string, rule: AccessRuleData): object {
  return { ...rule, links: { self: `${base}/v3/users/${encodeURIComponent(user)}/access_rules/${rule.id}` } };
}
