import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Authentication } from '#libs/contracts';
import type { AuthenticationData, OAuth1Request, ReceiptArgs } from '#libs/contracts';
import { businessClock } from '#libs/simulation';
import { IdentityOptions, TokenOptions } from '#libs/options';
import { Edge } from '../../edge/edge.js';
import { Fault } from '../../edge/errors/fault.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import type { TokenClaims } from '../../edge/tokens/token-claims.js';
import { isoTime, tokenSubjects } from '../../edge/tokens/token-subjects.js';
import { forbidden, notFound, unauthorized } from '../errors/keystone-faults.js';
import { oauth1Request } from '../oauth/oauth1-header.js';
import type { AuthRequest } from './auth-request.js';
import { tokenClaimsOf } from '../../edge/tokens/token-claims-of.js';

/** keystone's `[receipt] expiration`, seconds. */
const RECEIPT_SECONDS = 300;
const RECEIPT_HEADER = 'openstack-auth-receipt';

/** A new token and its claims. */
export interface Issued {
  readonly token: string;
  readonly claims: TokenClaims;
}

/** Makes tokens from the worker's authentication results. */
@Injectable()
export class Authenticator {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(IdentityClient) private readonly identity: IdentityClient,
    @Inject(IdentityOptions) private readonly options: IdentityOptions,
    @Inject(TokenOptions) private readonly tokens: TokenOptions,
  ) {}

  /**
   * Throws the same 401 for every kind of wrong credentials; with a receipt if further methods are required. A token
   * that is not valid (any more) is 404, as in keystone.
   */
  async logIn(request: FastifyRequest, asked: AuthRequest): Promise<Issued> {
    const parent = asked.token === undefined ? undefined : await this.edge.verifier.verify(asked.token);
    // The input is a secret, or a guess at one, and is not repeated.
    if (asked.token !== undefined && parent === undefined) throw notFound('token', 'the one in identity.token');
    const found = await this.#authenticate(request, asked, parent).catch(async (error: unknown) => {
      throw error instanceof Fault && error.status === 401 ? await this.#refused(request, error) : error;
    });
    return this.issue(found, { parent, method: asked.methods[0] });
  }

  async issue(
    found: AuthenticationData,
    { parent, method }: { readonly parent?: TokenClaims | undefined; readonly method: string },
  ): Promise<Issued> {
    const now = Math.floor(businessClock.nowMs() / 1000);
    const claims = tokenClaimsOf(found, { parent, now, lifetime: this.options.tokenExpiration, method });
    return { token: await this.edge.codec.sign(claims), claims };
  }

  async #authenticate(
    request: FastifyRequest,
    asked: AuthRequest,
    parent: TokenClaims | undefined,
  ): Promise<AuthenticationData> {
    const { methods, scope, password, credential } = asked;
    if (parent !== undefined) requireRescopable(parent, this.tokens);
    const receipt = await this.#receipt(request);
    if (methods.length > 1 || receipt !== undefined) return this.#several(request, asked, parent, receipt);
    // Single methods use calls that workers of every version know.
    if (password !== undefined) {
      const args = { user: password.user, password: password.password, scope };
      return Authentication.unwrap(await this.identity.call(request, 'authenticate_password', args));
    }
    if (credential !== undefined) {
      return Authentication.unwrap(
        await this.identity.call(request, 'authenticate_application_credential', credential),
      );
    }
    if (parent !== undefined) {
      const args = { ...tokenProof(parent), scope };
      return Authentication.unwrap(await this.identity.call(request, 'authenticate_token', args));
    }
    return this.#several(request, asked, parent, undefined);
  }

  async #several(
    request: FastifyRequest,
    { methods, scope, password, totp, credential }: AuthRequest,
    parent: TokenClaims | undefined,
    receipt: ReceiptArgs | undefined,
  ): Promise<AuthenticationData> {
    const oauth1: OAuth1Request | undefined = methods.includes('oauth1') ? oauth1Request(request) : undefined;
    const args = {
      methods,
      scope,
      ...(password === undefined ? {} : { password }),
      ...(totp === undefined ? {} : { totp }),
      ...(parent === undefined ? {} : { token: tokenProof(parent) }),
      ...(credential === undefined ? {} : { application_credential: credential }),
      ...(oauth1 === undefined ? {} : { oauth1 }),
      ...(receipt === undefined ? {} : { receipt }),
    };
    return Authentication.unwrap(await this.identity.call(request, 'authenticate', args));
  }

  /** The content of a receipt. Error 404, as in keystone, for an expired or foreign one. */
  async #receipt({ headers }: FastifyRequest): Promise<ReceiptArgs | undefined> {
    const text = headers[RECEIPT_HEADER];
    if (typeof text !== 'string' || text === '') return undefined;
    const found = await this.edge.codec.verifyReceipt(text);
    if (found === undefined) throw notFound('auth receipt', 'the one in Openstack-Auth-Receipt');
    return { user_id: found.userId, methods: found.methods };
  }

  /**
   * The same response for every kind of wrong credentials, whatever the worker's message is; only a user who knew the
   * password learns that it has expired.
   */
  async #refused(request: FastifyRequest, { code, message, facts }: Fault): Promise<Fault> {
    const headers = { 'www-authenticate': `Keystone uri="${baseUrl(request)}/v3"` };
    if (code !== 'MoreMethodsRequired') {
      const text = code === 'PasswordExpired' ? message : unauthorized().message;
      return new Fault(401, text, { code: 'Unauthorized', headers });
    }
    const issuedAt = Math.floor(businessClock.nowMs() / 1000);
    const expiresAt = issuedAt + RECEIPT_SECONDS;
    const { user, methods, required_auth_methods: required } = facts;
    const userId = typeof user === 'object' && user !== null && 'id' in user ? String(user.id) : '';
    const proved = Array.isArray(methods) ? methods.map(String) : [];
    const receipt = await this.edge.codec.signReceipt({ userId, methods: proved, issuedAt, expiresAt });
    const body = {
      receipt: { methods: proved, user, expires_at: isoTime(expiresAt), issued_at: isoTime(issuedAt) },
      required_auth_methods: required,
    };
    return new Fault(401, message, { code, headers: { ...headers, [RECEIPT_HEADER]: receipt }, facts: { body } });
  }
}

/**
 * Tokens of a delegation cannot make other tokens, as in keystone, nor can scoped ones if the configuration forbids it.
 */
function requireRescopable(parent: TokenClaims, { allowRescopeScopedToken: isAllowed }: TokenOptions): void {
  const { trust, applicationCredential, accessToken, project, domain, system } = parent;
  const isScoped = project !== null || domain !== null || system !== null;
  const isDelegated = trust !== undefined || applicationCredential !== undefined || accessToken !== undefined;
  if (isDelegated || (isScoped && !isAllowed)) {
    throw forbidden('rescope a scoped token');
  }
}

function tokenProof(parent: TokenClaims) {
  return {
    user_id: parent.user.id,
    methods: parent.methods,
    issued_at: isoTime(parent.issuedAt),
    audit_ids: parent.auditIds,
    subjects: tokenSubjects(parent),
  };
}
