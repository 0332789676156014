import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsBoolean, IsObject, IsOptional, IsString, MaxLength, MinLength, ValidateNested } from 'class-validator';
import { ResourceOptions } from '../collection/change-body.js';

class UserFields extends ResourceOptions {
  @IsOptional() @IsString() @MaxLength(65_535) readonly description?: string | null;
  @IsOptional() @IsBoolean() readonly enabled?: boolean;
  @IsOptional() @IsString() @MaxLength(255) readonly email?: string | null;
  @IsOptional() @IsString() @MaxLength(4096) readonly password?: string | null;
  @IsOptional() @IsString() @MaxLength(255) readonly default_project_id?: string | null;
}

class UserCreate extends UserFields {
  @IsString() @MinLength(1) @MaxLength(255) readonly name!: string;
  @IsOptional() @IsString() @MaxLength(255) readonly domain_id?: string | null;
}

class UserUpdate extends UserFields {
  @IsOptional() @IsString() @MinLength(1) @MaxLength(255) readonly name?: string;
}

class PasswordChange {
  @IsString() @MaxLength(4096) readonly original_password!: string;
  @IsString() @MinLength(1) @MaxLength(4096) readonly password!: string;
}

/** `POST /v3/users`. */
export class UserCreateBody {
  @IsObject() @ValidateNested() @Type(() => UserCreate) readonly user!: UserCreate;
}

/** `PATCH /v3/users/{id}`. */
export class UserUpdateBody {
  @IsObject() @ValidateNested() @Type(() => UserUpdate) readonly user!: UserUpdate;
}

/** `POST /v3/users/{id}/password`. */
export class PasswordChangeBody {
  @IsObject() @ValidateNested() @Type(() => PasswordChange) readonly user!: PasswordChange;
}
