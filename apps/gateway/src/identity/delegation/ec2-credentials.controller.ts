import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Ec2Credential, Ec2CredentialPage } from '#libs/contracts';
import type { Ec2CredentialData } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { collectionView, objectId } from '../collection/collection.js';
import { Ec2CredentialBody } from './delegation.dto.js';

/** `/v3/users/{id}/credentials/OS-EC2`: keys by which requests are signed. */
@Controller('v3/users/:user/credentials/OS-EC2')
export class Ec2CredentialsController {
  constructor(@Inject(IdentityClient) private readonly identity: IdentityClient) {}

  @Get()
  @AuthorizeObject('identity:ec2_list_credentials')
  async list(@Req() request: FastifyRequest, @Param('user') user: string): Promise<object> {
    const page = await this.identity.call(request, 'ec2_credential_list', { user_id: objectId('user', user) });
    const views = Ec2CredentialPage.unwrap(page).objects.map((one) => ec2View(baseUrl(request), one));
    return collectionView(request, 'credentials', views);
  }

  @Get(':id')
  @AuthorizeObject('identity:ec2_get_credential')
  async show(@Req() request: FastifyRequest, @Param('user') user: string, @Param('id') id: string): Promise<object> {
    const args = { user_id: objectId('user', user), id: objectId('credential', id) };
    const found = Ec2Credential.unwrap(await this.identity.call(request, 'ec2_credential_get', args));
    return { credential: ec2View(baseUrl(request), found) };
  }

  @Post()
  @AuthorizeObject('identity:ec2_create_credential')
  async create(
    @Req() request: FastifyRequest,
    @Param('user') user: string,
    @ValidBody(Ec2CredentialBody) body: Ec2CredentialBody,
  ): Promise<object> {
    const args = { user_id: objectId('user', user), project_id: body.tenant_id };
    const made = Ec2Credential.unwrap(await this.identity.call(request, 'ec2_credential_create', args));
    return { credential: ec2View(baseUrl(request), made) };
  }

  @Delete(':id')
  @AuthorizeObject('identity:ec2_delete_credential')
  @HttpCode(204)
  async remove(@Req() request: FastifyRequest, @Param('user') user: string, @Param('id') id: string): Promise<void> {
    const args = { user_id: objectId('user', user), id: objectId('credential', id) };
    await this.identity.call(request, 'ec2_credential_delete', args);
  }
}

function ec2View(base: string, { project_id: tenant, ...keys }: Ec2CredentialData): object {
  const self = `${base}/v3/users/${keys.user_id}/credentials/OS-EC2/${keys.access}`;
  return { ...keys, tenant_id: tenant, links: { self } };
}
