import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
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

class DomainFields extends ResourceOptions {
  @IsOptional() @IsString() @MaxLength(65_535) readonly description?: string | null;
  @IsOptional() @IsBoolean() readonly enabled?: boolean;
  /** Clients send an empty list; a domain has no tags here. */
  @IsOptional() @IsArray() @ArrayMaxSize(0) readonly tags?: readonly string[];
}

class DomainCreate extends DomainFields {
  @IsString() @MinLength(1) @MaxLength(64) readonly name!: string;
}

class DomainUpdate extends DomainFields {
  @IsOptional() @IsString() @MinLength(1) @MaxLength(64) readonly name?: string;
}

/** `POST /v3/domains`. */
export class DomainCreateBody {
  @IsObject() @ValidateNested() @Type(() => DomainCreate) readonly domain!: DomainCreate;
}

/** `PATCH /v3/domains/{id}`. */
export class DomainUpdateBody {
  @IsObject() @ValidateNested() @Type(() => DomainUpdate) readonly domain!: DomainUpdate;
}
