import { IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { IsResourceOptions } from '#libs/contracts';
import type { ResourceOptions } from '#libs/contracts';
import { MayBeAbsent } from '../collection/may-be-absent.decorator.js';

class RoleFields {
  @MayBeAbsent() @IsResourceOptions('role') readonly options?: ResourceOptions;
  @IsOptional() @IsString() @MaxLength(255) readonly id?: string | null;
  @IsOptional() @IsString() @MaxLength(65_535) readonly description?: string | null;
  @IsOptional() @IsString() @MaxLength(255) readonly domain_id?: string | null;
}

/** `role` of `POST /v3/roles`. */
export class RoleCreate extends RoleFields {
  @IsString() @MinLength(1) @MaxLength(255) @Matches(/\S/) readonly name!: string;
}

/** `role` of `PATCH /v3/roles/{id}`. */
export class RoleUpdate extends RoleFields {
  @MayBeAbsent() @IsString() @MinLength(1) @MaxLength(255) @Matches(/\S/) readonly name?: string;
}
