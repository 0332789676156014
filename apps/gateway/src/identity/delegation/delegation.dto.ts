import {
  ValidateIf,
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { Nested } from '#libs/messaging';

/** A field that may be left out, but is not null; class-validator's `IsOptional` takes both. */
function MayBeAbsent(): PropertyDecorator {
  return ValidateIf((_holder, value) => value !== undefined);
}

class RoleBody {
  @ValidateIf((role: RoleBody) => role.id !== undefined || role.name === undefined)
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  readonly id?: string;

  @MayBeAbsent() @IsString() @MinLength(1) @MaxLength(255) readonly name?: string;
}

/** `trust` of `POST /v3/OS-TRUST/trusts`. */
export class TrustFields {
  @IsString() @MinLength(1) @MaxLength(255) readonly trustor_user_id!: string;
  @IsString() @MinLength(1) @MaxLength(255) readonly trustee_user_id!: string;
  @IsBoolean() readonly impersonation!: boolean;
  @IsOptional() @IsString() @MaxLength(64) readonly project_id?: string | null;
  @IsOptional() @IsString() @MaxLength(64) readonly expires_at?: string | null;
  @IsOptional() @IsInt() @Min(1) readonly remaining_uses?: number | null;
  @IsOptional() @IsBoolean() readonly allow_redelegation?: boolean | null;
  @IsOptional() @IsInt() @Min(0) readonly redelegation_count?: number | null;
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Nested(() => RoleBody)
  readonly roles?: readonly RoleBody[];
}

/** `POST /v3/users/{id}/credentials/OS-EC2`. */
export class Ec2CredentialBody {
  @IsString() @MinLength(1) @MaxLength(64) readonly tenant_id!: string;
}
