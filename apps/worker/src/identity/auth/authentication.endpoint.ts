import { sql } from 'kysely';
import type {
  AccessTokenArgs,
  AuthenticateApplicationCredentialArgs,
  AuthenticateArgs,
  AuthenticationData,
  IdentityContract,
  OwnedArgs,
  RequestTokenArgs,
  RequestTokenAuthorizeArgs,
  SignedCredentialsArgs,
  TokenScopeArgs,
  UserAccessTokenArgs,
} from '#libs/contracts';
import { AccessTokenPage, Authentication, identityContract, OAuth1Token } from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging/nest';
import type { MethodName, ResultOf } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import type { Queries } from '../../store/index.js';
import { Store } from '../../store/index.js';
import { databaseTime, requireMethods } from '../authenticate.js';
import { authenticateSignature } from '../delegation/authenticate-signature.js';
import { IdentityPolicy } from '../identity-policy.js';
import { CurrentLoginLimits, loginSource } from '../login-attempts.js';
import { OAuth1Tokens } from '../oauth/oauth1-tokens.js';
import { SecretBox } from '../secret-box.js';
import { authenticateMethods } from './authenticate-methods.js';
import {
  authenticateCredential,
  credentialData,
  credentialRows,
  isOver,
  trustData,
} from '../delegation/authenticate-delegation.js';
import { accessTokenData, accessTokenRow } from '../oauth/oauth1-login.js';
import { findUser } from '../principals.js';
import { unauthorized } from '../held-roles.js';
import { resolveScope } from '../resolve-scope.js';

/**
 * The current data for the ids in a token: the user, its scope, and its roles there. Error Unauthorized, as for a
 * log-in, if any of them is no longer valid; also the errors of a trust that cannot be used.
 */
export async function describeToken(db: Queries, args: TokenScopeArgs): Promise<AuthenticationData> {
  const record = await findUser(db, { id: args.user_id });
  if (record === null || !record.active) throw unauthorized();
  const { user } = record;
  const { project_id: project, domain_id: domain, system, trust_id: trust } = args;
  if (trust != null) return requireScope((await trustData(db, user, trust, true)).data, project);
  if (args.application_credential_id != null) {
    const [row] = await credentialRows(db, sql`c.id = ${args.application_credential_id}`);
    if (row === undefined || row.user_id !== user.id || isOver(row)) throw unauthorized();
    return requireScope(await credentialData(db, row, user), project);
  }
  if (args.access_token_id != null) {
    const token = await accessTokenRow(db, args.access_token_id);
    if (token.is_over || token.authorizing_user_id !== user.id) throw unauthorized();
    return requireScope(await accessTokenData(db, token), project);
  }
  if (project != null) return resolveScope(db, user, { kind: 'project', project: { id: project } });
  if (domain != null) return resolveScope(db, user, { kind: 'domain', domain: { id: domain } });
  return resolveScope(db, user, { kind: system === 'all' ? 'system' : 'unscoped' });
}

/** A delegation is bound to one project. */
function requireScope(data: AuthenticationData, project: string | null | undefined): AuthenticationData {
  if ((data.project?.id ?? null) !== (project ?? null)) throw unauthorized();
  return data;
}

type Result<K extends MethodName<IdentityContract>> = Promise<ResultOf<IdentityContract, K>>;

/** The topic identity: authentication by several methods, EC2 and S3 signatures, OAuth 1.0a. */
@RpcEndpoint(identityContract)
export class AuthenticationEndpoint {
  constructor(
    private readonly store: Store,
    private readonly secrets: SecretBox,
    private readonly policy: IdentityPolicy,
    private readonly limits: CurrentLoginLimits,
    private readonly oauth: OAuth1Tokens,
  ) {}

  @RpcMethod('authenticate')
  async authenticate(ctx: RequestContext, args: AuthenticateArgs): Result<'authenticate'> {
    const origin = { source: loginSource(ctx), limits: this.limits.now };
    return Authentication.wrap(await authenticateMethods({ store: this.store, secrets: this.secrets, origin }, args));
  }

  @RpcMethod('authenticate_application_credential')
  async authenticateCredential(
    ctx: RequestContext,
    args: AuthenticateApplicationCredentialArgs,
  ): Result<'authenticate_application_credential'> {
    const since = await databaseTime(this.store.db);
    const origin = { source: loginSource(ctx), limits: this.limits.now };
    const found = await authenticateCredential(this.store, args, origin);
    requireMethods(found.user, ['application_credential']);
    return Authentication.wrap({ ...found, authenticated_at: since });
  }

  @RpcMethod('token_scope')
  async describe(_ctx: RequestContext, args: TokenScopeArgs): Result<'token_scope'> {
    return Authentication.wrap(await describeToken(this.store.db, args));
  }

  @RpcMethod('authenticate_signature')
  async signature(ctx: RequestContext, args: SignedCredentialsArgs): Result<'authenticate_signature'> {
    this.policy.authorize(ctx, `${args.kind}tokens_validate`);
    const since = await databaseTime(this.store.db);
    const found = await authenticateSignature(this.store.db, this.secrets, args);
    return Authentication.wrap({ ...found, authenticated_at: since });
  }

  @RpcMethod('oauth1_request_token')
  async requestToken(_ctx: RequestContext, args: RequestTokenArgs): Result<'oauth1_request_token'> {
    return OAuth1Token.wrap(await this.oauth.request(args));
  }

  @RpcMethod('oauth1_authorize')
  authorize(ctx: RequestContext, args: RequestTokenAuthorizeArgs): Result<'oauth1_authorize'> {
    return this.oauth.authorize(ctx, args);
  }

  @RpcMethod('oauth1_access_token')
  async accessToken(_ctx: RequestContext, { request }: AccessTokenArgs): Result<'oauth1_access_token'> {
    return OAuth1Token.wrap(await this.oauth.access(request));
  }

  @RpcMethod('oauth1_access_tokens')
  async accessTokens(ctx: RequestContext, args: UserAccessTokenArgs): Result<'oauth1_access_tokens'> {
    return AccessTokenPage.wrap({ objects: await this.oauth.list(ctx, args), next_marker: null });
  }

  @RpcMethod('oauth1_access_token_delete')
  async deleteAccessToken(ctx: RequestContext, args: OwnedArgs): Result<'oauth1_access_token_delete'> {
    await this.oauth.delete(ctx, args);
    return null;
  }
}
