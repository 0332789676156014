import { Nested } from '#libs/messaging';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, MaxLength, Min, ValidateNested } from 'class-validator';
import { RoleReference } from './resources/delegation.js';

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
