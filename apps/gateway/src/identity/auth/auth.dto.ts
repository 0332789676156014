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
import { Nested } from '#libs/messaging';

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
  @Nested(() => DomainReference)
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
  @Nested(() => PasswordUser)
  readonly user!: PasswordUser;
}

export class PasscodeUser extends OwnedReference {
  @IsString()
  @MaxLength(255)
  readonly passcode!: string;
}

/** RFC 6238. */
export class TotpMethod {
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Nested(() => PasscodeUser)
  readonly user!: PasscodeUser;
}

export class TokenMethod {
  @IsString()
  @MaxLength(8192)
  readonly id!: string;
}

/** By id, or by name and user. */
export class ApplicationCredentialMethod {
  @ValidateIf((found: ApplicationCredentialMethod) => found.id !== undefined || found.name === undefined)
  @IsString()
  @MaxLength(255)
  readonly id?: string;

  @ValidateIf((found: ApplicationCredentialMethod) => found.name !== undefined)
  @IsString()
  @MaxLength(255)
  readonly name?: string;

  @IsString()
  @MaxLength(4096)
  readonly secret!: string;

  @ValidateIf((found: ApplicationCredentialMethod) => found.id === undefined)
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Nested(() => OwnedReference)
  readonly user?: OwnedReference;
}

export class TrustReference {
  @IsString()
  @MaxLength(255)
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
  @Nested(() => PasswordMethod)
  readonly password?: PasswordMethod;

  @ValidateIf((identity: IdentitySection) => asks(identity, 'token'))
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Nested(() => TokenMethod)
  readonly token?: TokenMethod;

  @ValidateIf((identity: IdentitySection) => asks(identity, 'application_credential'))
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Nested(() => ApplicationCredentialMethod)
  readonly application_credential?: ApplicationCredentialMethod;

  @ValidateIf((identity: IdentitySection) => asks(identity, 'totp'))
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Nested(() => TotpMethod)
  readonly totp?: TotpMethod;

  /** All that it needs is in the Authorization header. */
  @ValidateIf((identity: IdentitySection) => asks(identity, 'oauth1'))
  @IsDefined()
  @IsObject()
  readonly oauth1?: object;
}

function asks(identity: IdentitySection, method: string): boolean {
  return Array.isArray(identity.methods) && identity.methods.includes(method);
}

/** `scope` as an object; the text `unscoped` is taken out before validation. */
export class ScopeSection {
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Nested(() => OwnedReference)
  readonly project?: OwnedReference;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Nested(() => DomainReference)
  readonly domain?: DomainReference;

  @IsOptional()
  @IsObject()
  readonly system?: { readonly all?: unknown };

  @IsOptional()
  @IsObject()
  readonly unscoped?: object;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Nested(() => TrustReference)
  readonly 'OS-TRUST:trust'?: TrustReference;
}

export class AuthSection {
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Nested(() => IdentitySection)
  readonly identity!: IdentitySection;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Nested(() => ScopeSection)
  readonly scope?: ScopeSection;
}

/** The body of `POST /v3/auth/tokens`. */
export class AuthBody {
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Nested(() => AuthSection)
  readonly auth!: AuthSection;
}
