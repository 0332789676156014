import 'reflect-metadata';
import { Type } from 'class-transformer';
import { Equals, IsObject, IsOptional, IsString, MaxLength, MinLength, ValidateNested } from 'class-validator';
import { ResourceOptions } from '../collection/change-body.js';

class RoleFields extends ResourceOptions {
  @IsOptional() @IsString() @MaxLength(65_535) readonly description?: string | null;
}

class RoleCreate extends RoleFields {
  @IsString() @MinLength(1) @MaxLength(255) readonly name!: string;
  @IsOptional() @Equals(null, { message: 'roles of a domain are not supported' }) readonly domain_id?: null;
}

class RoleUpdate extends RoleFields {
  @IsOptional() @IsString() @MinLength(1) @MaxLength(255) readonly name?: string;
}

/** `POST /v3/roles`. */
export class RoleCreateBody {
  @IsObject() @ValidateNested() @Type(() => RoleCreate) readonly role!: RoleCreate;
}

/** `PATCH /v3/roles/{id}`. */
export class RoleUpdateBody {
  @IsObject() @ValidateNested() @Type(() => RoleUpdate) readonly role!: RoleUpdate;
}
