import { AccessTokenPage, Authentication, OAuth1Token, identityContract } from '#libs/contracts';
import type {
  AccessTokenArgs,
  AuthenticateArgs,
  IdentityContract,
  OwnedArgs,
  RequestTokenArgs,
  RequestTokenAuthorizeArgs,
  SignedCredentialsArgs,
  TokenScopeArgs,
  UserAccessTokenArgs,
} from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging/nest';
import type { MethodName, ResultOf } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import { Store } from '../../store/index.js';
import { databaseTime } from '../authenticate.js';
import { authenticateSignature } from '../delegation/authenticate-signature.js';
import { IdentityPolicy } from '../identity-policy.js';
import { CurrentLoginLimits } from '../login-limits.js';
import { loginSource } from '../login-source.js';
import { OAuth1Tokens } from '../oauth/oauth1-tokens.js';
import { SecretBox } from '../secret-box.js';
import { authenticateMethods } from './authenticate-methods.js';
import { describeToken } from './describe-token.js';

type Result<K extends MethodName<IdentityContract>> = Promise<ResultOf<IdentityContract, K>>;

/** The topic identity: several methods at once, EC2 and S3 signatures, OAuth 1.0a. */
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
