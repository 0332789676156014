import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { Since } from '#libs/messaging';
import { ListArgs } from '../objects/list-args.js';

export class FlavorListArgs extends ListArgs {
  /** null: both kinds (administrators only); absent: public flavors and those that the project may use. */
  @IsOptional() @IsBoolean() readonly is_public?: boolean | null;
  /** A regular expression that matches anywhere in the name. */
  @Since('1.1') @IsOptional() @IsString() @MaxLength(255) readonly name?: string;
  /** GiB. */
  @IsOptional() @IsInt() @Min(0) readonly min_disk?: number;
  /** MiB. */
  @IsOptional() @IsInt() @Min(0) readonly min_ram?: number;
}

export class KeypairArgs {
  @IsString() @MaxLength(255) readonly name!: string;
  @IsOptional() @IsString() @MaxLength(255) readonly user_id?: string;
}

export class KeypairListArgs extends ListArgs {
  @IsOptional() @IsString() @MaxLength(255) readonly user_id?: string;
}

/** One change of a flavor. */
export class FlavorUpdateArgs {
  @IsString() @MaxLength(255) readonly id!: string;
  @IsOptional() @IsString() @MaxLength(65_535) readonly description?: string | null;
  /** Extra specs that are added or replaced. */
  @IsOptional() @IsObject() readonly set_specs?: Readonly<Record<string, string>>;
  @IsOptional() @IsString() @MaxLength(255) readonly delete_spec?: string;
  /** A project that may use the private flavor from now on, or no longer. */
  @IsOptional() @IsString() @MaxLength(255) readonly add_project?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly remove_project?: string;
  /** Refuses access to a public flavor with Conflict. */
  @IsOptional() @IsBoolean() readonly strict?: boolean;
}

export const SERVER_TAG_CHANGES = ['add', 'remove', 'replace', 'clear'] as const;
export type ServerTagChange = (typeof SERVER_TAG_CHANGES)[number];

export class ServerTagsArgs {
  @IsString() @MaxLength(255) readonly id!: string;
  @IsIn(SERVER_TAG_CHANGES) readonly change!: ServerTagChange;
  @IsArray() @ArrayMaxSize(50) @IsString({ each: true }) readonly tags!: readonly string[];
}

export const AGGREGATE_CHANGES = ['create', 'update', 'delete', 'add_host', 'remove_host', 'set_metadata'] as const;
export type AggregateChange = (typeof AGGREGATE_CHANGES)[number];

export class AggregateChangeArgs {
  @IsIn(AGGREGATE_CHANGES) readonly change!: AggregateChange;
  /** Absent only on a create. */
  @IsOptional() @IsInt() readonly id?: number;
  @IsOptional() @IsString() @MaxLength(255) readonly name?: string;
  /** null: the aggregate is not a zone. */
  @IsOptional() @IsString() @MaxLength(255) readonly availability_zone?: string | null;
  @IsOptional() @IsString() @MaxLength(255) readonly host?: string;
  /** A null removes the key. */
  @IsOptional() @IsObject() readonly metadata?: Readonly<Record<string, string | null>>;
}

/** Quotas of a project, or of a user in it. */
export class ProjectQuotaArgs {
  @IsString() @MaxLength(255) readonly project_id!: string;
  @IsOptional() @IsString() @MaxLength(255) readonly user_id?: string;
}

/** Limits by nova's names, -1 for none; of a project, of a user in it, or of a class. */
export class QuotaUpdateArgs {
  @IsOptional() @IsString() @MaxLength(255) readonly project_id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly user_id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly class_name?: string;
  @IsObject() readonly limits!: Readonly<Record<string, number>>;
  /** Even if the limit is below the current usage. */
  @IsBoolean() readonly force!: boolean;
}

export class QuotaClassArgs {
  @IsString() @MaxLength(255) readonly class_name!: string;
}

export class UsageArgs {
  @IsISO8601() readonly start!: string;
  @IsISO8601() readonly end!: string;
  /** Absent: usage of every project. */
  @IsOptional() @IsString() @MaxLength(255) readonly project_id?: string;
  @IsInt() @Min(0) @Max(100_000) readonly limit!: number;
  /** Id of the last server of the previous page. */
  @IsOptional() @IsString() @MaxLength(255) readonly marker?: string;
}
