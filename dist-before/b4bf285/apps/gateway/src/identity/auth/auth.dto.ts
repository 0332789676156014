import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsArray,
  IsDefined,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

/** A domain by id or by name. */
export class DomainReference {
  @ValidateIf((domain: DomainReference) => domain.id !== undefined || domain.name === undefined)
  @IsString()
  @MaxLength(255)
  readonly id?: string;

  @ValidateIf((domain: DomainReference) => domain.name !== undefined)
  @IsString()
  @MaxLength(255)
  readonly name?: string;
}

/** A user or project: by id, or by name together with its domain. */
export class OwnedReference {
  @ValidateIf((owned: OwnedReference) => owned.id !== undefined || owned.name === undefined)
  @IsString()
  @MaxLength(255)
  readonly id?: string;

  @ValidateIf((owned: OwnedReference) => owned.name !== undefined)
  @IsString()
  @MaxLength(255)
  readonly name?: string;

  /** Names are only unique inside a domain. */
  @ValidateIf((owned: OwnedReference) => owned.id === undefined)
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => DomainReference)
  readonly domain?: DomainReference;
}

export class PasswordUser extends OwnedReference {
  @IsString()
  @MaxLength(4096)
  readonly password!: string;
}

export class PasswordMethod {
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => PasswordUser)
  readonly user!: PasswordUser;
}

export class TokenMethod {
  @IsString()
  @MaxLength(8192)
  readonly id!: string;
}

export class IdentitySection {
  @IsArray()
  @ArrayNotEmpty()
  @IsString({ each: true })
  readonly methods!: readonly string[];

  @ValidateIf((identity: IdentitySection) => asks(identity, 'password'))
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => PasswordMethod)
  readonly password?: PasswordMethod;

  @ValidateIf((identity: IdentitySection) => asks(identity, 'token'))
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => TokenMethod)
  readonly token?: TokenMethod;
}

function asks(identity: IdentitySection, method: string): boolean {
  return Array.isArray(identity.methods) && identity.methods.includes(method);
}

/** `scope` as an object; the text `unscoped` is taken out before validation. */
export class ScopeSection {
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => OwnedReference)
  readonly project?: OwnedReference;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => DomainReference)
  readonly domain?: DomainReference;

  @IsOptional()
  @IsObject()
  readonly system?: { readonly all?: unknown };

  @IsOptional()
  @IsObject()
  readonly unscoped?: object;
}

export class AuthSection {
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => IdentitySection)
  readonly identity!: IdentitySection;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ScopeSection)
  readonly scope?: ScopeSection;
}

/** The body of `POST /v3/auth/tokens`. */
export class AuthBody {
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => AuthSection)
  readonly auth!: AuthSection;
}
