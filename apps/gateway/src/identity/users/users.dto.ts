import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { Nested } from '#libs/messaging';
import { IsResourceOptions } from '#libs/contracts';
import type { ResourceOptions } from '#libs/contracts';
import { MayBeAbsent } from '../collection/may-be-absent.decorator.js';

class UserFields {
  @MayBeAbsent() @IsResourceOptions('user') readonly options?: ResourceOptions;
  @IsOptional() @IsString() @MaxLength(255) readonly id?: string | null;
  @IsOptional() @IsString() @MaxLength(65_535) readonly description?: string | null;
  @MayBeAbsent() @IsBoolean() readonly enabled?: boolean;
  @IsOptional() @IsString() @MaxLength(255) readonly email?: string | null;
  @IsOptional() @IsString() @MaxLength(4096) readonly password?: string | null;
  @IsOptional() @IsString() @MaxLength(255) readonly default_project_id?: string | null;
  @IsOptional() @IsString() @MaxLength(255) readonly domain_id?: string | null;
  /** Users of other identity providers are not there: clients send an empty list. */
  @MayBeAbsent() @IsArray() @ArrayMaxSize(0) readonly federated?: readonly unknown[];
}

/** `user` of `POST /v3/users`. */
export class UserCreate extends UserFields {
  @IsString() @MinLength(1) @MaxLength(255) @Matches(/\S/) readonly name!: string;
}

/** `user` of `PATCH /v3/users/{id}`. */
export class UserUpdate extends UserFields {
  @MayBeAbsent() @IsString() @MinLength(1) @MaxLength(255) @Matches(/\S/) readonly name?: string;
}

class PasswordChange {
  @IsString() @MaxLength(4096) readonly original_password!: string;
  @IsString() @MinLength(1) @MaxLength(4096) readonly password!: string;
}

/** `POST /v3/users/{id}/password`. */
export class PasswordChangeBody {
  @IsObject() @ValidateNested() @Nested(() => PasswordChange) readonly user!: PasswordChange;
}
