import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Authentication, isRecord } from '#libs/contracts';
import type { SignedCredentialsArgs } from '#libs/contracts';
import { Authorize } from '../../edge/access/access.decorators.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { Authenticator } from '../auth/authenticator.js';
import type { Issued } from '../auth/authenticator.js';
import { tokenView } from '../auth/token.view.js';
import { CatalogReader } from '../catalog/catalog-reader.js';
import { badRequest } from '../errors/keystone-faults.js';

/** `/v3/ec2tokens` and `/v3/s3tokens`: a service asks which user signed a request that it received. */
@Controller('v3')
export class SignedTokensController {
  constructor(
    @Inject(IdentityClient) private readonly identity: IdentityClient,
    @Inject(CatalogReader) private readonly catalogs: CatalogReader,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
  ) {}

  @Post('ec2tokens')
  @Authorize('identity:ec2tokens_validate')
  @HttpCode(200)
  async ec2(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<object> {
    const issued = await this.#issue(request, 'ec2', body);
    reply.header('x-subject-token', issued.token);
    return this.#view(request, issued);
  }

  /** Without the token itself, as in keystone: the service needs only the user's identity. */
  @Post('s3tokens')
  @Authorize('identity:s3tokens_validate')
  @HttpCode(200)
  async s3(@Req() request: FastifyRequest, @Body() body: unknown): Promise<object> {
    return this.#view(request, await this.#issue(request, 's3', body));
  }

  async #issue(request: FastifyRequest, kind: SignedCredentialsArgs['kind'], body: unknown): Promise<Issued> {
    if (!isRecord(body) || Object.keys(body).length === 0) throw badRequest('request must include a request body');
    // All three were in use.
    const found = [body['credentials'], body['credential'], body['ec2Credentials']].find(isRecord) ?? {};
    const data = await this.identity.call(request, 'authenticate_signature', { kind, credentials: found });
    return this.authenticator.issue(Authentication.unwrap(data), { method: 'ec2credential' });
  }

  async #view(request: FastifyRequest, { claims }: Issued): Promise<object> {
    return tokenView(claims, await this.catalogs.read(request, claims), await this.catalogs.serviceProviders());
  }
}
