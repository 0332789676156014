import { IsBoolean, IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { IsResourceOptions } from '#libs/contracts';
import type { ResourceOptions } from '#libs/contracts';
import { MayBeAbsent } from '../collection/may-be-absent.decorator.js';
import { IsTags } from './tags.decorator.js';

class ProjectFields {
  @MayBeAbsent() @IsResourceOptions('project') readonly options?: ResourceOptions;
  @IsOptional() @IsString() @MaxLength(255) readonly id?: string | null;
  @IsOptional() @IsString() @MaxLength(65_535) readonly description?: string | null;
  @MayBeAbsent() @IsBoolean() readonly enabled?: boolean;
  @MayBeAbsent() @IsTags() readonly tags?: readonly string[];
  @IsOptional() @IsString() @MaxLength(255) readonly domain_id?: string | null;
  @IsOptional() @IsString() @MaxLength(255) readonly parent_id?: string | null;
  @MayBeAbsent() @IsBoolean() readonly is_domain?: boolean;
}

/** `project` of `POST /v3/projects`. */
export class ProjectCreate extends ProjectFields {
  @IsString() @MinLength(1) @MaxLength(64) @Matches(/\S/) readonly name!: string;
}

/** `project` of `PATCH /v3/projects/{id}`. */
export class ProjectUpdate extends ProjectFields {
  @MayBeAbsent() @IsString() @MinLength(1) @MaxLength(64) @Matches(/\S/) readonly name?: string;
}
