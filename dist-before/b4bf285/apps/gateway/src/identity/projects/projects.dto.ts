import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  Equals,
  IsArray,
  IsBoolean,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { ResourceOptions } from '../collection/change-body.js';

class ProjectFields extends ResourceOptions {
  @IsOptional() @IsString() @MaxLength(65_535) readonly description?: string | null;
  @IsOptional() @IsBoolean() readonly enabled?: boolean;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(80)
  @IsString({ each: true })
  @MaxLength(255, { each: true })
  readonly tags?: readonly string[];
}

class ProjectCreate extends ProjectFields {
  @IsString() @MinLength(1) @MaxLength(64) readonly name!: string;
  @IsOptional() @IsString() @MaxLength(255) readonly domain_id?: string | null;
  /** The domain, when it is given: a project is not below another one here. */
  @IsOptional() @IsString() @MaxLength(255) readonly parent_id?: string | null;
  @IsOptional()
  @Equals(false, { message: 'a project that acts as a domain is not supported' })
  readonly is_domain?: false;
}

class ProjectUpdate extends ProjectFields {
  @IsOptional() @IsString() @MinLength(1) @MaxLength(64) readonly name?: string;
}

/** `POST /v3/projects`. */
export class ProjectCreateBody {
  @IsObject() @ValidateNested() @Type(() => ProjectCreate) readonly project!: ProjectCreate;
}

/** `PATCH /v3/projects/{id}`. */
export class ProjectUpdateBody {
  @IsObject() @ValidateNested() @Type(() => ProjectUpdate) readonly project!: ProjectUpdate;
}
