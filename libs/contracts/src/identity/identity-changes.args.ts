import { IsArray, IsBoolean, IsIn, IsObject, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { Since } from '#libs/messaging';

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
