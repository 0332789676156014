import {
  ValidateIf,
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
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

class AccessRuleBody {
  @MayBeAbsent() @IsString() @MinLength(1) @MaxLength(64) readonly id?: string;
  @ValidateIf((rule: AccessRuleBody) => rule.id === undefined)
  @IsString()
  @MaxLength(128)
  @Matches(/^\//)
  readonly path?: string;
  @ValidateIf((rule: AccessRuleBody) => rule.id === undefined)
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  readonly service?: string;
  @ValidateIf((rule: AccessRuleBody) => rule.id === undefined)
  @IsIn(['GET', 'POST', 'HEAD', 'PATCH', 'PUT', 'DELETE'])
  readonly method?: string;
}

class ApplicationCredentialFields {
  @IsOptional() @IsString() @MaxLength(64) readonly id?: string;
  @IsString() @MinLength(1) @MaxLength(255) @Matches(/\S/) readonly name!: string;
  @IsOptional() @IsString() @MaxLength(65_535) readonly description?: string | null;
  @IsOptional() @IsString() @MaxLength(64) readonly expires_at?: string | null;
  @MayBeAbsent() @IsString() @MaxLength(255) readonly project_id?: string;
  @IsOptional() @IsString() readonly system?: string | null;
  @IsOptional() @IsBoolean() readonly unrestricted?: boolean | null;
  @IsOptional() @IsString() @MaxLength(4096) readonly secret?: string | null;
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Nested(() => RoleBody)
  readonly roles?: readonly RoleBody[];
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Nested(() => AccessRuleBody)
  readonly access_rules?: readonly AccessRuleBody[];
}

/** `POST /v3/users/{id}/application_credentials`. */
export class ApplicationCredentialBody {
  @IsObject()
  @ValidateNested()
  @Nested(() => ApplicationCredentialFields)
  readonly application_credential!: ApplicationCredentialFields;
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
