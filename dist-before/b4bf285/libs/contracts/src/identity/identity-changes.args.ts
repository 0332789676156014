import { IsArray, IsBoolean, IsIn, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';

/** What a domain, project and user have in common; absent fields of an update stay as they are. */
class Described {
  @IsOptional()
  @IsString()
  @MaxLength(65_535)
  readonly description?: string | null;

  @IsOptional()
  @IsBoolean()
  readonly enabled?: boolean;
}

export class DomainFields extends Described {}

export class ProjectFields extends Described {
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  readonly tags?: readonly string[];
}

export class UserFields extends Described {
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

  @IsString()
  @MaxLength(255)
  readonly domain_id!: string;
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

export class RoleCreateArgs {
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  readonly name!: string;

  @IsOptional()
  @IsString()
  @MaxLength(65_535)
  readonly description?: string | null;
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
  @IsString()
  @MaxLength(255)
  readonly id!: string;

  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  readonly name?: string;
}

export class RoleUpdateArgs {
  @IsString()
  @MaxLength(255)
  readonly id!: string;

  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  readonly name?: string;

  @IsOptional()
  @IsString()
  @MaxLength(65_535)
  readonly description?: string | null;
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

/** What roles of a user are held on; exactly one of the three. */
export class GrantListArgs {
  @IsString()
  @MaxLength(255)
  readonly user_id!: string;

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
