import { Nested } from '#libs/messaging';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { NamedReference } from './identity.args.js';

/** A role by id or by name. */
export class RoleReference {
  @IsOptional() @IsString() @MaxLength(255) readonly id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly name?: string;
}

/** One that is there by its id, or what a new one allows. */
export class AccessRuleReference {
  @IsOptional() @IsString() @MaxLength(64) readonly id?: string;
  @IsOptional() @IsString() @MaxLength(128) readonly path?: string;
  @IsOptional() @IsString() @MaxLength(16) readonly method?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly service?: string;
}

/** One thing of a user's. */
export class OwnedArgs {
  @IsString() @MaxLength(255) readonly user_id!: string;
  @IsString() @MaxLength(255) readonly id!: string;
}

export class OwnedListArgs {
  @IsString() @MaxLength(255) readonly user_id!: string;
  @IsOptional() @IsObject() readonly filters?: Readonly<Record<string, readonly string[]>>;
}

export class ApplicationCredentialCreateArgs {
  @IsString() @MaxLength(255) readonly user_id!: string;
  @IsString() @MaxLength(255) readonly name!: string;
  @IsOptional() @IsString() @MaxLength(65_535) readonly description?: string | null;
  /** Absent: all of the token. */
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Nested(() => RoleReference)
  readonly roles?: readonly RoleReference[];
  /** A time that has yet to come; another text is InvalidInput. */
  @IsOptional() @IsString() @MaxLength(64) readonly expires_at?: string | null;
  @IsOptional() @IsBoolean() readonly unrestricted?: boolean | null;
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Nested(() => AccessRuleReference)
  readonly access_rules?: readonly AccessRuleReference[];
  /** Masked in every dump of messages. Absent: one is made. */
  @IsOptional() @IsString() @MaxLength(4096) readonly secret?: string | null;
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

export class TrustCreateArgs {
  @IsString() @MaxLength(255) readonly trustor_user_id!: string;
  @IsString() @MaxLength(255) readonly trustee_user_id!: string;
  @IsOptional() @IsString() @MaxLength(255) readonly project_id?: string | null;
  @IsBoolean() readonly impersonation!: boolean;
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Nested(() => RoleReference)
  readonly roles?: readonly RoleReference[];
  /** A time that has yet to come; another text is InvalidInput. */
  @IsOptional() @IsString() @MaxLength(64) readonly expires_at?: string | null;
  @IsOptional() @IsInt() @Min(1) readonly remaining_uses?: number | null;
  @IsOptional() @IsBoolean() readonly allow_redelegation?: boolean | null;
  @IsOptional() @IsInt() @Min(0) readonly redelegation_count?: number | null;
}

/** Whose trusts; neither: all. */
export class TrustListArgs {
  @IsOptional() @IsString() @MaxLength(255) readonly trustor_user_id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly trustee_user_id?: string;
}

export class TrustArgs {
  @IsString() @MaxLength(255) readonly id!: string;
  /** What is asked of it, which has a rule of its own. */
  @IsIn(['trust', 'roles', 'role']) readonly part!: 'trust' | 'roles' | 'role';
}

export class Ec2CredentialCreateArgs {
  @IsString() @MaxLength(255) readonly user_id!: string;
  @IsString() @MaxLength(255) readonly project_id!: string;
}
