import { Type } from 'class-transformer';
import { IsArray, IsIn, IsISO8601, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';

/** A user, project or domain as a client names it: by id, or by name and domain. */
export class NamedReference {
  @IsOptional()
  @IsString()
  @MaxLength(255)
  readonly id?: string;

  @IsOptional()
  @IsString()
  @MaxLength(255)
  readonly name?: string;

  @IsOptional()
  @IsString()
  @MaxLength(255)
  readonly domain_id?: string;

  @IsOptional()
  @IsString()
  @MaxLength(255)
  readonly domain_name?: string;
}

/** What the token is to be good for; all absent: the user's default project if there is one, else unscoped. */
export class ScopeArgs {
  /** `default`: none was asked for; `unscoped`: asked for explicitly. */
  @IsIn(['default', 'unscoped', 'project', 'domain', 'system'])
  readonly kind!: 'default' | 'unscoped' | 'project' | 'domain' | 'system';

  @IsOptional()
  @ValidateNested()
  @Type(() => NamedReference)
  readonly project?: NamedReference;

  @IsOptional()
  @ValidateNested()
  @Type(() => NamedReference)
  readonly domain?: NamedReference;
}

export class AuthenticatePasswordArgs {
  @ValidateNested()
  @Type(() => NamedReference)
  readonly user!: NamedReference;

  /** Masked in every dump of messages. */
  @IsString()
  @MaxLength(4096)
  readonly password!: string;

  @ValidateNested()
  @Type(() => ScopeArgs)
  readonly scope!: ScopeArgs;
}

/** The gateway has checked the token's signature, expiry and revocation; the worker looks up what still holds. */
export class AuthenticateTokenArgs {
  @IsString()
  @MaxLength(255)
  readonly user_id!: string;

  /** When the token was issued: the worker knows of revocations that have not reached the gateway. */
  @IsOptional()
  @IsISO8601()
  readonly issued_at?: string;

  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  readonly audit_ids?: readonly string[];

  /** What the token is about, see `revocationSubject`. */
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  readonly subjects?: readonly string[];

  @ValidateNested()
  @Type(() => ScopeArgs)
  readonly scope!: ScopeArgs;
}

export class TokenRevokeArgs {
  @IsString()
  @MaxLength(255)
  readonly audit_id!: string;

  @IsISO8601()
  readonly expires_at!: string;
}

/** All tokens about the subjects that were issued before a time; see `revocationSubject`. */
export class TokensRevokeArgs {
  @IsArray()
  @IsString({ each: true })
  readonly subjects!: readonly string[];

  @IsISO8601()
  readonly issued_before!: string;

  /** After this the last such token has expired. */
  @IsISO8601()
  readonly expires_at!: string;
}

export class UserProjectsArgs {
  @IsString()
  @MaxLength(255)
  readonly user_id!: string;
}
