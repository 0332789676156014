import { Body, Controller, Delete, Get, Head, Headers, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthorizeObject, Open } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import type { TokenClaims } from '../../edge/tokens/token-claims.js';
import { CatalogReader } from '../catalog/catalog-reader.js';
import type { CatalogEntry } from '../catalog/catalog.js';
import type { RawQuery } from '../collection/collection.js';
import { IdentityPolicy } from '../collection/identity-policy.js';
import { notFound, unauthorized } from '../errors/keystone-faults.js';
import { parseAuthRequest } from './auth-request.js';
import { Authenticator } from './authenticator.js';
import { tokenTime, tokenView } from './token.view.js';

/** `/v3/auth/tokens`: log in, show a token, log out. */
@Controller('v3/auth/tokens')
export class TokensController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(IdentityClient) private readonly identity: IdentityClient,
    @Inject(CatalogReader) private readonly catalogs: CatalogReader,
    @Inject(IdentityPolicy) private readonly policy: IdentityPolicy,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
  ) {}

  @Post()
  @Open()
  async issue(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query() query: RawQuery,
    @Body() body: unknown,
  ): Promise<object> {
    const { token, claims } = await this.authenticator.logIn(request, parseAuthRequest(body));
    reply.header('x-subject-token', token);
    return tokenView(claims, await this.#catalog(request, query, claims), await this.catalogs.serviceProviders());
  }

  @Head()
  @AuthorizeObject('identity:check_token')
  async check(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('x-subject-token') subject: string | undefined,
  ): Promise<void> {
    await this.#subject(request, reply, subject, 'check_token');
  }

  @Get()
  @AuthorizeObject('identity:validate_token')
  async show(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query() query: RawQuery,
    @Headers('x-subject-token') subject: string | undefined,
  ): Promise<object> {
    const claims = await this.#subject(request, reply, subject, 'validate_token');
    return tokenView(claims, await this.#catalog(request, query, claims), await this.catalogs.serviceProviders());
  }

  @Delete()
  @AuthorizeObject('identity:revoke_token')
  @HttpCode(204)
  async revoke(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('x-subject-token') subject: string | undefined,
  ): Promise<void> {
    const claims = await this.#subject(request, reply, subject, 'revoke_token');
    reply.removeHeader('x-subject-token');
    const [auditId] = claims.auditIds;
    if (auditId === undefined) throw unauthorized();
    await this.identity.call(request, 'token_revoke', {
      audit_id: auditId,
      expires_at: tokenTime(claims.expiresAt),
    });
    // This process need not wait for the worker's fanout.
    this.edge.revocations.revoke(auditId, claims.expiresAt * 1000);
  }

  /** The claims of the requested token, if the caller may read them. */
  async #subject(
    request: FastifyRequest,
    reply: FastifyReply,
    subject: string | undefined,
    action: string,
  ): Promise<TokenClaims> {
    const claims = subject === undefined ? undefined : await this.edge.verifier.verify(subject);
    // The token itself is a secret and is not repeated.
    if (subject === undefined || claims === undefined || !isUnderstood(request, claims))
      throw notFound('token', 'the one in X-Subject-Token');
    this.policy.authorize(request, action, { token: { user_id: claims.user.id } });
    reply.header('x-subject-token', subject);
    return claims;
  }

  async #catalog(
    request: FastifyRequest,
    query: RawQuery,
    claims: TokenClaims,
  ): Promise<readonly CatalogEntry[] | undefined> {
    return 'nocatalog' in query ? undefined : this.catalogs.read(request, claims);
  }
}

/** A service that does not announce that it enforces access rules gets no token with such rules (keystone's rule). */
function isUnderstood({ headers }: FastifyRequest, { applicationCredential: credential }: TokenClaims): boolean {
  return (credential?.accessRules.length ?? 0) === 0 || headers['openstack-identity-access-rules'] !== undefined;
}
