import { Body, Controller, Delete, Get, Head, Headers, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Authentication } from '#libs/contracts';
import type { AuthenticationData } from '#libs/contracts';
import { Edge } from '../../edge/edge.js';
import { Fault } from '../../edge/errors/fault.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import type { TokenClaims } from '../../edge/tokens/token-claims.js';
import { isoTime, tokenSubjects } from '../../edge/tokens/token-subjects.js';
import { buildCatalog } from '../catalog/catalog.js';
import type { CatalogEntry } from '../catalog/catalog.js';
import type { RawQuery } from '../collection/collection-query.js';
import { IdentityPolicy } from '../collection/identity-policy.js';
import { notFound, unauthorized } from '../errors/keystone-faults.js';
import { parseAuthRequest } from './auth-request.js';
import type { AuthRequest } from './auth-request.js';
import { Caller } from './caller.js';
import { tokenClaimsOf } from './token-claims-of.js';
import { tokenTime, tokenView } from './token.view.js';

/** `/v3/auth/tokens`: log in, look at a token, log out. */
@Controller('v3/auth/tokens')
export class TokensController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(IdentityClient) private readonly identity: IdentityClient,
    @Inject(IdentityPolicy) private readonly policy: IdentityPolicy,
    @Inject(Caller) private readonly caller: Caller,
  ) {}

  @Post()
  async issue(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query() query: RawQuery,
    @Body() body: unknown,
  ): Promise<object> {
    const asked = parseAuthRequest(body);
    const parent = asked.method === 'token' ? await this.edge.verifier.verify(asked.token) : undefined;
    const found = await this.#authenticate(request, asked, parent).catch((error: unknown) => {
      throw error instanceof Fault && error.status === 401 ? wrongCredentials(request) : error;
    });
    const now = Math.floor(Date.now() / 1000);
    const claims = tokenClaimsOf(found, { parent, now, lifetime: this.edge.settings.tokenExpiration });
    reply.header('x-subject-token', await this.edge.codec.sign(claims));
    return tokenView(claims, this.#catalog(request, query));
  }

  @Get()
  async show(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query() query: RawQuery,
    @Headers('x-subject-token') subject: string | undefined,
  ): Promise<object> {
    const claims = await this.#subject(request, reply, subject, 'validate_token');
    return tokenView(claims, this.#catalog(request, query));
  }

  @Head()
  async check(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('x-subject-token') subject: string | undefined,
  ): Promise<void> {
    await this.#subject(request, reply, subject, 'check_token');
  }

  @Delete()
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

  async #authenticate(
    request: FastifyRequest,
    asked: AuthRequest,
    parent: TokenClaims | undefined,
  ): Promise<AuthenticationData> {
    const { scope } = asked;
    if (asked.method === 'password') {
      const args = { user: asked.user, password: asked.password, scope };
      return Authentication.unwrap(await this.identity.call(request, 'authenticate_password', args));
    }
    if (parent === undefined) throw unauthorized();
    const args = {
      user_id: parent.user.id,
      scope,
      issued_at: isoTime(parent.issuedAt),
      audit_ids: parent.auditIds,
      subjects: tokenSubjects(parent),
    };
    return Authentication.unwrap(await this.identity.call(request, 'authenticate_token', args));
  }

  /** The claims of the token asked about, when the caller may ask. */
  async #subject(
    request: FastifyRequest,
    reply: FastifyReply,
    subject: string | undefined,
    action: string,
  ): Promise<TokenClaims> {
    await this.caller.authenticate(request, reply);
    const claims = subject === undefined ? undefined : await this.edge.verifier.verify(subject);
    // The token itself is a secret and is not repeated.
    if (subject === undefined || claims === undefined) throw notFound('token', 'the one in X-Subject-Token');
    this.policy.authorize(request, action, { token: { user_id: claims.user.id } });
    reply.header('x-subject-token', subject);
    return claims;
  }

  #catalog(request: FastifyRequest, query: RawQuery): readonly CatalogEntry[] | undefined {
    return 'nocatalog' in query ? undefined : buildCatalog(this.edge.settings, request.edge);
  }
}

/** One answer for every kind of wrong credentials, whatever the worker's words are. */
function wrongCredentials(request: FastifyRequest): Fault {
  return new Fault(401, unauthorized().message, {
    code: 'Unauthorized',
    headers: { 'www-authenticate': `Keystone uri="${baseUrl(request)}/v3/"` },
  });
}
