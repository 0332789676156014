import { IsArray, IsIn, IsISO8601, IsObject, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { Nested } from '#libs/messaging';
import { NamedReference, ScopeArgs } from './identity.args.js';
import { RoleReference } from './resources/delegation.js';

export class PasswordProof {
  @ValidateNested()
  @Nested(() => NamedReference)
  readonly user!: NamedReference;
  /** Masked in every dump of messages. */
  @IsString() @MaxLength(4096) readonly password!: string;
}

/** RFC 6238. */
export class PasscodeProof {
  @ValidateNested()
  @Nested(() => NamedReference)
  readonly user!: NamedReference;
  @IsString() @MaxLength(255) readonly passcode!: string;
}

/** A token that the gateway has checked. */
export class TokenProof {
  @IsString() @MaxLength(255) readonly user_id!: string;
  @IsArray() @IsString({ each: true }) readonly methods!: readonly string[];
  @IsISO8601() readonly issued_at!: string;
  @IsArray() @IsString({ each: true }) readonly audit_ids!: readonly string[];
  @IsArray() @IsString({ each: true }) readonly subjects!: readonly string[];
}

/** A POST that was signed according to RFC 5849. */
export class OAuth1Request {
  /** Without its query. */
  @IsString() @MaxLength(8192) readonly url!: string;
  /** `name=value` of the query, each encoded according to RFC 3986. */
  @IsArray() @IsString({ each: true }) readonly query!: readonly string[];
  /** The parameters of the Authorization header. */
  @IsObject() readonly parameters!: Readonly<Record<string, string>>;
}

/** The content of an earlier receipt: these methods were successful. The gateway has checked it. */
export class ReceiptArgs {
  @IsString() @MaxLength(255) readonly user_id!: string;
  @IsArray() @IsString({ each: true }) readonly methods!: readonly string[];
}

/** By id, or by name and user. */
export class AuthenticateApplicationCredentialArgs {
  @IsOptional() @IsString() @MaxLength(255) readonly id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly name?: string;
  @IsOptional()
  @ValidateNested()
  @Nested(() => NamedReference)
  readonly user?: NamedReference;
  /** Masked in every dump of messages. */
  @IsString() @MaxLength(4096) readonly secret!: string;
}

/** Several methods at once, by which one user authenticates. */
export class AuthenticateArgs {
  /** The methods given below, in the client's order. */
  @IsArray()
  @IsIn(['password', 'totp', 'token', 'application_credential', 'oauth1'], { each: true })
  readonly methods!: readonly AuthMethod[];

  @IsOptional()
  @ValidateNested()
  @Nested(() => PasswordProof)
  readonly password?: PasswordProof;

  @IsOptional()
  @ValidateNested()
  @Nested(() => PasscodeProof)
  readonly totp?: PasscodeProof;

  @IsOptional()
  @ValidateNested()
  @Nested(() => TokenProof)
  readonly token?: TokenProof;

  @IsOptional()
  @ValidateNested()
  @Nested(() => AuthenticateApplicationCredentialArgs)
  readonly application_credential?: AuthenticateApplicationCredentialArgs;

  @IsOptional()
  @ValidateNested()
  @Nested(() => OAuth1Request)
  readonly oauth1?: OAuth1Request;

  @IsOptional()
  @ValidateNested()
  @Nested(() => ReceiptArgs)
  readonly receipt?: ReceiptArgs;

  @ValidateNested()
  @Nested(() => ScopeArgs)
  readonly scope!: ScopeArgs;
}

export type AuthMethod = 'password' | 'totp' | 'token' | 'application_credential' | 'oauth1';
/** The methods that this cloud supports; others in the rules of users are ignored. */
export const AUTH_METHODS: readonly AuthMethod[] = ['password', 'totp', 'token', 'application_credential', 'oauth1'];

/** A request to EC2's or S3's API as the service that received it saw it: keystone's `credentials`. */
export class SignedCredentialsArgs {
  @IsIn(['ec2', 's3']) readonly kind!: 'ec2' | 's3';
  @IsObject() readonly credentials!: Readonly<Record<string, unknown>>;
}

export class RequestTokenArgs {
  @ValidateNested()
  @Nested(() => OAuth1Request)
  readonly request!: OAuth1Request;
  @IsString() @MaxLength(255) readonly project_id!: string;
}

export class AccessTokenArgs {
  @ValidateNested()
  @Nested(() => OAuth1Request)
  readonly request!: OAuth1Request;
}

export class RequestTokenAuthorizeArgs {
  @IsString() @MaxLength(255) readonly id!: string;
  @IsArray()
  @ValidateNested({ each: true })
  @Nested(() => RoleReference)
  readonly roles!: readonly RoleReference[];
}

/** Which access tokens of a user are read, and by which policy rule. */
export class UserAccessTokenArgs {
  @IsString() @MaxLength(255) readonly user_id!: string;
  /** Absent: all. */
  @IsOptional() @IsString() @MaxLength(255) readonly id?: string;
  @IsIn(['token', 'roles', 'role']) readonly part!: 'token' | 'roles' | 'role';
}
