import { applyDecorators } from '@nestjs/common';
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

type Part = Readonly<Record<string, unknown>>;

function Text(most = 255): PropertyDecorator {
  return applyDecorators(MaxLength(most), IsString());
}

function ObjectOf(type: () => new () => object): PropertyDecorator {
  return applyDecorators(Nested(type), ValidateNested(), IsObject());
}

/** A required object. */
function Needed(type: () => new () => object): PropertyDecorator {
  return applyDecorators(ObjectOf(type), IsDefined());
}

/** The id of an object that may also be named. */
function Id(): PropertyDecorator {
  return applyDecorators(
    Text(),
    ValidateIf(({ id, name }: Part) => id !== undefined || name === undefined),
  );
}

function Name(): PropertyDecorator {
  return applyDecorators(
    Text(),
    ValidateIf(({ name }: Part) => name !== undefined),
  );
}

/** An object that is required together with a name. */
function WithName(type: () => new () => object): PropertyDecorator {
  return applyDecorators(
    Needed(type),
    ValidateIf(({ id }: Part) => id === undefined),
  );
}

/** The data of a method, if it is requested; without a class any object. */
function OfMethod(method: string, type?: () => new () => object): PropertyDecorator {
  const isAsked = ({ methods }: Part): boolean => Array.isArray(methods) && methods.includes(method);
  return applyDecorators(type === undefined ? IsObject() : ObjectOf(type), IsDefined(), ValidateIf(isAsked));
}

/** A domain by id or by name. */
export class DomainReference {
  @Id() readonly id?: string;
  @Name() readonly name?: string;
}

/** A user or project: by id, or by name together with its domain. */
export class OwnedReference {
  @Id() readonly id?: string;
  @Name() readonly name?: string;
  /** Names are only unique inside a domain. */
  @WithName(() => DomainReference) readonly domain?: DomainReference;
}

class PasswordUser extends OwnedReference {
  @Text(4096) readonly password!: string;
}

class PasswordMethod {
  @Needed(() => PasswordUser) readonly user!: PasswordUser;
}

class PasscodeUser extends OwnedReference {
  @Text() readonly passcode!: string;
}

/** RFC 6238. */
class TotpMethod {
  @Needed(() => PasscodeUser) readonly user!: PasscodeUser;
}

class TokenMethod {
  @Text(8192) readonly id!: string;
}

/** By id, or by name and user. */
export class ApplicationCredentialMethod {
  @Id() readonly id?: string;
  @Name() readonly name?: string;
  @Text(4096) readonly secret!: string;
  @WithName(() => OwnedReference) readonly user?: OwnedReference;
}

class TrustReference {
  @Text() readonly id!: string;
}

class IdentitySection {
  @IsArray() @ArrayNotEmpty() @IsString({ each: true }) readonly methods!: readonly string[];
  @OfMethod('password', () => PasswordMethod) readonly password?: PasswordMethod;
  @OfMethod('token', () => TokenMethod) readonly token?: TokenMethod;
  @OfMethod('application_credential', () => ApplicationCredentialMethod)
  readonly application_credential?: ApplicationCredentialMethod;
  @OfMethod('totp', () => TotpMethod) readonly totp?: TotpMethod;
  /** Its data is in the Authorization header. */
  @OfMethod('oauth1') readonly oauth1?: object;
}

/** `scope` as an object; the text `unscoped` is replaced before validation. */
export class ScopeSection {
  @IsOptional() @ObjectOf(() => OwnedReference) readonly project?: OwnedReference;
  @IsOptional() @ObjectOf(() => DomainReference) readonly domain?: DomainReference;
  @IsOptional() @IsObject() readonly system?: { readonly all?: unknown };
  @IsOptional() @IsObject() readonly unscoped?: object;
  @IsOptional() @ObjectOf(() => TrustReference) readonly 'OS-TRUST:trust'?: TrustReference;
}

class AuthSection {
  @Needed(() => IdentitySection) readonly identity!: IdentitySection;
  @IsOptional() @ObjectOf(() => ScopeSection) readonly scope?: ScopeSection;
}

/** The body of `POST /v3/auth/tokens`. */
export class AuthBody {
  @Needed(() => AuthSection) readonly auth!: AuthSection;
}
