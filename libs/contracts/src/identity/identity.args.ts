import {
  IsArray,
  IsBoolean,
  IsISO8601,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { Nested, Since } from '#libs/messaging';

/** A user, project or domain as a client names it: by id, or by name and domain. */
export class NamedReference {
  @IsOptional() @IsString() @MaxLength(255) readonly id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly name?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly domain_id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly domain_name?: string;
}

/** The requested scope of the token; all absent: the user's default project if there is one, otherwise unscoped. */
export class ScopeArgs {
  /** `default`: none was requested; `unscoped`: explicitly requested. */
  @IsIn(['default', 'unscoped', 'project', 'domain', 'system', 'trust'])
  readonly kind!: 'default' | 'unscoped' | 'project' | 'domain' | 'system' | 'trust';

  /** Only for `trust`. */
  @Since('1.1') @IsOptional() @IsString() @MaxLength(255) readonly trust_id?: string;

  @IsOptional()
  @ValidateNested()
  @Nested(() => NamedReference)
  readonly project?: NamedReference;

  @IsOptional()
  @ValidateNested()
  @Nested(() => NamedReference)
  readonly domain?: NamedReference;
}

export class AuthenticatePasswordArgs {
  @ValidateNested()
  @Nested(() => NamedReference)
  readonly user!: NamedReference;
  /** Masked in every dump of messages. */
  @IsString() @MaxLength(4096) readonly password!: string;

  @ValidateNested()
  @Nested(() => ScopeArgs)
  readonly scope!: ScopeArgs;
}

/**
 * The gateway has checked the token's signature, expiry and revocation; the worker checks whether its data are still
 * valid.
 */
export class AuthenticateTokenArgs {
  @IsString() @MaxLength(255) readonly user_id!: string;
  /** When the token was issued: the worker knows of revocations that have not reached the gateway. */
  @IsOptional() @IsISO8601() readonly issued_at?: string;
  @IsOptional() @IsArray() @IsString({ each: true }) readonly audit_ids?: readonly string[];
  /** The token's subjects, see `revocationSubject`. */
  @IsOptional() @IsArray() @IsString({ each: true }) readonly subjects?: readonly string[];
  /** How the token's holder authenticated; absent from an older gateway. */
  @Since('1.1') @IsOptional() @IsArray() @IsString({ each: true }) readonly methods?: readonly string[];

  @ValidateNested()
  @Nested(() => ScopeArgs)
  readonly scope!: ScopeArgs;
}

/** The ids of a Fernet token whose keys, expiry and revocation the gateway has checked. */
export class TokenScopeArgs {
  @IsString() @MaxLength(255) readonly user_id!: string;
  @IsOptional() @IsString() @MaxLength(255) readonly project_id?: string | null;
  @IsOptional() @IsString() @MaxLength(255) readonly domain_id?: string | null;
  @IsOptional() @IsIn(['all']) readonly system?: 'all' | null;
  @IsOptional() @IsString() @MaxLength(255) readonly trust_id?: string | null;
  @IsOptional() @IsString() @MaxLength(255) readonly application_credential_id?: string | null;
  @IsOptional() @IsString() @MaxLength(255) readonly access_token_id?: string | null;
}

export class TokenRevokeArgs {
  @IsString() @MaxLength(255) readonly audit_id!: string;
  @IsISO8601() readonly expires_at!: string;
}

/** All tokens with the subjects that were issued before a time; see `revocationSubject`. */
export class TokensRevokeArgs {
  @IsArray() @IsString({ each: true }) readonly subjects!: readonly string[];
  @IsISO8601() readonly issued_before!: string;
  /** By then the last such token has expired. */
  @IsISO8601() readonly expires_at!: string;
}

/** Business time (expiry, created_at, heartbeats) is the machine's plus an offset; the higher version is the later one. */
export class ClockMovedArgs {
  @IsInt() readonly offset_ms!: number;
  @IsInt() @Min(0) readonly version!: number;
}

/** Which relatives of a project are requested. */
export class ProjectRelativesArgs {
  @IsString() @MaxLength(255) readonly id!: string;
  /** parents: the nearest first, its domain last; subtree: all below it. */
  @IsIn(['parents', 'subtree']) readonly relatives!: 'parents' | 'subtree';
  /** Only those on which the caller has a role. */
  @IsBoolean() readonly own!: boolean;
}

export class UserProjectsArgs {
  @IsString() @MaxLength(255) readonly user_id!: string;
  /** As in a list of projects. */
  @Since('1.1') @IsOptional() @IsObject() readonly filters?: Readonly<Record<string, readonly string[]>>;
}

/** A user's own change of password. */
export class PasswordChangeArgs {
  @IsString() @MaxLength(255) readonly user_id!: string;
  @IsString() @MaxLength(4096) readonly original_password!: string;
  @IsString() @MinLength(1) @MaxLength(4096) readonly password!: string;
}

/** A user or a group, and the target of its roles: exactly one of each. */
export class GrantListArgs {
  @IsOptional() @IsString() @MaxLength(255) readonly user_id?: string;
  @Since('1.1') @IsOptional() @IsString() @MaxLength(255) readonly group_id?: string;
  /** The roles that the projects below inherit, not those on the project or domain itself. */
  @Since('1.1') @IsOptional() @IsBoolean() readonly inherited?: boolean;
  @IsOptional() @IsString() @MaxLength(255) readonly project_id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly domain_id?: string;
  @IsOptional() @IsIn(['all']) readonly system?: 'all';
}

export class GrantArgs extends GrantListArgs {
  @IsString() @MaxLength(255) readonly role_id!: string;
}

/** A user's membership of a group. */
export class GroupMemberArgs {
  @IsString() @MaxLength(255) readonly group_id!: string;
  @IsString() @MaxLength(255) readonly user_id!: string;
}

/** A user with the prior role also has the implied one. */
export class ImpliedRoleArgs {
  @IsString() @MaxLength(255) readonly prior_role_id!: string;
  @IsString() @MaxLength(255) readonly implied_role_id!: string;
}

/** The lists of a group's users and of a user's groups. */
export class MembershipListArgs {
  @IsString() @MaxLength(255) readonly id!: string;
  /** As in a list of users or groups. */
  @IsOptional() @IsObject() readonly filters?: Readonly<Record<string, readonly string[]>>;
}

/** All tags of a project, or one of them. */
export class ProjectTagsArgs {
  @IsString() @MaxLength(255) readonly id!: string;

  @IsIn(['list', 'check', 'replace', 'add', 'remove', 'clear'])
  readonly change!: 'list' | 'check' | 'replace' | 'add' | 'remove' | 'clear';

  @IsOptional() @IsArray() @IsString({ each: true }) readonly tags?: readonly string[];
}
