import { call, type } from '#libs/messaging';
import { objectType } from '../objects/versioned-object.js';
import type { Page, VersionedObject } from '../objects/versioned-object.js';
import {
  AccessTokenArgs,
  AuthenticateApplicationCredentialArgs,
  AuthenticateArgs,
  RequestTokenArgs,
  RequestTokenAuthorizeArgs,
  SignedCredentialsArgs,
  UserAccessTokenArgs,
} from './authentication.args.js';
import { OwnedArgs } from './directory.methods.js';
import { TokenScopeArgs } from './identity.args.js';
import type { AuthenticationData } from './identity.objects.js';
import type { AccessTokenData } from './resources/delegation.js';

/** A token of OAuth 1.0a with its secret, which is shown once. */
export interface OAuth1TokenData {
  readonly id: string;
  readonly secret: string;
  /** ISO 8601, UTC; null: never. */
  readonly expires_at: string | null;
}

export const OAuth1Token = objectType<OAuth1TokenData>('OAuth1Token', '1.0');

/** Further authentication methods: several methods at once, EC2 and S3 signatures, OAuth 1.0a. */
export const authenticationMethods = {
  /** Errors: Unauthorized, TooManyAttempts. */
  authenticate_application_credential: call({
    access: 'anyone',
    args: AuthenticateApplicationCredentialArgs,
    result: type<VersionedObject<AuthenticationData>>(),
    idempotent: true,
    since: '1.1',
  }),
  /** Errors: Unauthorized, TooManyAttempts, MoreMethodsRequired with the content of a receipt. */
  authenticate: call({
    access: 'anyone',
    args: AuthenticateArgs,
    result: type<VersionedObject<AuthenticationData>>(),
    since: '1.1',
  }),
  /** The current data of the ids of a Fernet token. Error Unauthorized and others, if they are no longer valid. */
  token_scope: call({
    access: 'anyone',
    args: TokenScopeArgs,
    result: type<VersionedObject<AuthenticationData>>(),
    idempotent: true,
    since: '1.2',
  }),
  /** The user who signed a request. Errors: Unauthorized, CredentialNotFound, PolicyNotAuthorized. */
  authenticate_signature: call({
    access: ['identity:ec2tokens_validate', 'identity:s3tokens_validate'],
    args: SignedCredentialsArgs,
    result: type<VersionedObject<AuthenticationData>>(),
    since: '1.1',
  }),
  /** Errors: ProjectNotFound, ConsumerNotFound, Unauthorized. */
  oauth1_request_token: call({
    access: 'anyone',
    args: RequestTokenArgs,
    result: type<VersionedObject<OAuth1TokenData>>(),
    since: '1.1',
  }),
  /** Consumes a request token. Errors: OAuth1TokenNotFound, Unauthorized. */
  oauth1_access_token: call({
    access: 'anyone',
    args: AccessTokenArgs,
    result: type<VersionedObject<OAuth1TokenData>>(),
    since: '1.1',
  }),
  /** Returns the verifier. Errors: PolicyNotAuthorized, DelegationForbidden, OAuth1TokenNotFound, Unauthorized. */
  oauth1_authorize: call({
    access: ['identity:authorize_request_token'],
    args: RequestTokenAuthorizeArgs,
    result: type<string>(),
    since: '1.1',
  }),
  /** Errors: PolicyNotAuthorized, DelegationForbidden, OAuth1TokenNotFound. */
  oauth1_access_tokens: call({
    access: [
      'identity:list_access_tokens',
      'identity:get_access_token',
      'identity:list_access_token_roles',
      'identity:get_access_token_role',
    ],
    args: UserAccessTokenArgs,
    result: type<VersionedObject<Page<AccessTokenData>>>(),
    idempotent: true,
    since: '1.1',
  }),
  oauth1_access_token_delete: call({
    access: ['identity:delete_access_token'],
    args: OwnedArgs,
    result: type<null>(),
    since: '1.1',
  }),
} as const;

export const authenticationErrors = {
  /** The user's rules require more methods. Details: `user`, `methods`, `required_auth_methods`. */
  MoreMethodsRequired: { status: 401, retryable: false },
  /** An OAuth 1.0a token. */
  OAuth1TokenNotFound: { status: 404, retryable: false },
} as const;
