import { IsArray, IsBoolean, IsIn, IsObject, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { OptionalSince, Since } from '#libs/messaging';
import { IsResourceOptions } from './resource-options.js';
import type { ResourceOptions } from './resource-options.js';

/** What each kind has in common; absent fields of an update stay as they are. */
class ResourceFields {
  /** Attributes that nothing here knows; null takes one away. */
  @Since('1.1')
  @IsOptional()
  @IsObject()
  readonly extra?: Readonly<Record<string, unknown>>;
}

class Described extends ResourceFields {
  @IsOptional()
  @IsString()
  @MaxLength(65_535)
  readonly description?: string | null;

  @IsOptional()
  @IsBoolean()
  readonly enabled?: boolean;
}

export class DomainFields extends Described {
  @Since('1.1')
  @IsOptional()
  @IsResourceOptions('domain')
  readonly options?: ResourceOptions;

  @Since('1.1')
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  readonly tags?: readonly string[];
}

export class ProjectFields extends Described {
  @Since('1.1')
  @IsOptional()
  @IsResourceOptions('project')
  readonly options?: ResourceOptions;

  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  readonly tags?: readonly string[];
}

export class UserFields extends Described {
  @Since('1.1')
  @IsOptional()
  @IsResourceOptions('user')
  readonly options?: ResourceOptions;

  /** Masked in every dump of messages. Null: no password logs this user in. */
  @IsOptional()
  @IsString()
  @MaxLength(4096)
  readonly password?: string | null;

  @IsOptional()
  @IsString()
  @MaxLength(255)
  readonly default_project_id?: string | null;

  @IsOptional()
  @IsString()
  @MaxLength(255)
  readonly email?: string | null;
}

export class DomainCreateArgs extends DomainFields {
  /** The id of the new domain, 32 hexadecimal digits; absent: a new one. */
  @Since('1.1')
  @IsOptional()
  @IsString()
  @MaxLength(64)
  readonly explicit_domain_id?: string;

  @IsString()
  @MinLength(1)
  @MaxLength(64)
  readonly name!: string;
}

export class ProjectCreateArgs extends ProjectFields {
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  readonly name!: string;

  /** Null or absent with `is_domain` alone. */
  @OptionalSince('1.1')
  @IsOptional()
  @IsString()
  @MaxLength(255)
  readonly domain_id?: string | null;

  /** The project is a domain. */
  @Since('1.1')
  @IsOptional()
  @IsBoolean()
  readonly is_domain?: boolean;

  /** Null or absent: right below the domain. */
  @Since('1.1')
  @IsOptional()
  @IsString()
  @MaxLength(255)
  readonly parent_id?: string | null;
}

export class UserCreateArgs extends UserFields {
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  readonly name!: string;

  @IsString()
  @MaxLength(255)
  readonly domain_id!: string;
}

export class RoleFields extends ResourceFields {
  /** Roles of a domain are not supported: another value than null is InvalidInput. */
  @Since('1.1')
  @IsOptional()
  @IsString()
  @MaxLength(255)
  readonly domain_id?: string | null;

  @Since('1.1')
  @IsOptional()
  @IsResourceOptions('role')
  readonly options?: ResourceOptions;

  @IsOptional()
  @IsString()
  @MaxLength(65_535)
  readonly description?: string | null;
}

export class RoleCreateArgs extends RoleFields {
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  readonly name!: string;
}

export class DomainUpdateArgs extends DomainFields {
  @IsString()
  @MaxLength(255)
  readonly id!: string;

  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  readonly name?: string;
}

export class ProjectUpdateArgs extends ProjectFields {
  /** This, `parent_id` and `is_domain` cannot be changed; another value than the present one is an error. */
  @Since('1.1')
  @IsOptional()
  @IsString()
  @MaxLength(255)
  readonly domain_id?: string | null;

  @Since('1.1')
  @IsOptional()
  @IsString()
  @MaxLength(255)
  readonly parent_id?: string | null;

  @Since('1.1')
  @IsOptional()
  @IsBoolean()
  readonly is_domain?: boolean;

  @IsString()
  @MaxLength(255)
  readonly id!: string;

  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  readonly name?: string;
}

export class UserUpdateArgs extends UserFields {
  /** Cannot be changed; another value than the present one is InvalidInput. */
  @Since('1.1')
  @IsOptional()
  @IsString()
  @MaxLength(255)
  readonly domain_id?: string | null;

  @IsString()
  @MaxLength(255)
  readonly id!: string;

  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  readonly name?: string;
}

export class RoleUpdateArgs extends RoleFields {
  @IsString()
  @MaxLength(255)
  readonly id!: string;

  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  readonly name?: string;
}

/** A user's own change of password. */
export class PasswordChangeArgs {
  @IsString()
  @MaxLength(255)
  readonly user_id!: string;

  @IsString()
  @MaxLength(4096)
  readonly original_password!: string;

  @IsString()
  @MinLength(1)
  @MaxLength(4096)
  readonly password!: string;
}

/** A user or a group, and what its roles are held on: exactly one of each. */
export class GrantListArgs {
  @IsOptional()
  @IsString()
  @MaxLength(255)
  readonly user_id?: string;

  @Since('1.1')
  @IsOptional()
  @IsString()
  @MaxLength(255)
  readonly group_id?: string;

  /** The roles that the projects below inherit, not those on the project or domain itself. */
  @Since('1.1')
  @IsOptional()
  @IsBoolean()
  readonly inherited?: boolean;

  @IsOptional()
  @IsString()
  @MaxLength(255)
  readonly project_id?: string;

  @IsOptional()
  @IsString()
  @MaxLength(255)
  readonly domain_id?: string;

  @IsOptional()
  @IsIn(['all'])
  readonly system?: 'all';
}

export class GrantArgs extends GrantListArgs {
  @IsString()
  @MaxLength(255)
  readonly role_id!: string;
}

/** A user's membership of a group. */
export class GroupMemberArgs {
  @IsString()
  @MaxLength(255)
  readonly group_id!: string;

  @IsString()
  @MaxLength(255)
  readonly user_id!: string;
}

/** Who holds the prior role holds the implied one, too. */
export class ImpliedRoleArgs {
  @IsString()
  @MaxLength(255)
  readonly prior_role_id!: string;

  @IsString()
  @MaxLength(255)
  readonly implied_role_id!: string;
}

/** The lists of a group's users and of a user's groups. */
export class MembershipListArgs {
  @IsString()
  @MaxLength(255)
  readonly id!: string;

  /** As in a list of users or groups. */
  @IsOptional()
  @IsObject()
  readonly filters?: Readonly<Record<string, readonly string[]>>;
}

/** All tags of a project, or one of them. */
export class ProjectTagsArgs {
  @IsString()
  @MaxLength(255)
  readonly id!: string;

  @IsIn(['list', 'check', 'replace', 'add', 'remove', 'clear'])
  readonly change!: 'list' | 'check' | 'replace' | 'add' | 'remove' | 'clear';

  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  readonly tags?: readonly string[];
}
