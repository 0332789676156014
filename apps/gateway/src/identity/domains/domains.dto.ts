import { IsBoolean, IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { IsResourceOptions } from '#libs/contracts';
import type { ResourceOptions } from '#libs/contracts';
import { MayBeAbsent } from '../collection/may-be-absent.decorator.js';
import { IsTags } from '../projects/tags.decorator.js';

class DomainFields {
  @MayBeAbsent() @IsResourceOptions('domain') readonly options?: ResourceOptions;
  @IsOptional() @IsString() @MaxLength(255) readonly id?: string | null;
  @IsOptional() @IsString() @MaxLength(65_535) readonly description?: string | null;
  @MayBeAbsent() @IsBoolean() readonly enabled?: boolean;
  @MayBeAbsent() @IsTags() readonly tags?: readonly string[];
}

/** `domain` of `POST /v3/domains`. */
export class DomainCreate extends DomainFields {
  @IsString() @MinLength(1) @MaxLength(64) @Matches(/\S/) readonly name!: string;
  @IsOptional() @IsString() @MaxLength(64) readonly explicit_domain_id?: string;
}

/** `domain` of `PATCH /v3/domains/{id}`. */
export class DomainUpdate extends DomainFields {
  @MayBeAbsent() @IsString() @MinLength(1) @MaxLength(64) @Matches(/\S/) readonly name?: string;
}
