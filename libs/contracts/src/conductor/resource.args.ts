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
  MinLength,
} from 'class-validator';

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

export const GROUP_POLICIES = ['affinity', 'anti-affinity', 'soft-affinity', 'soft-anti-affinity'] as const;
export type GroupPolicy = (typeof GROUP_POLICIES)[number];

export class ServerGroupCreateArgs {
  @IsString() @MinLength(1) @MaxLength(255) readonly name!: string;
  @IsIn(GROUP_POLICIES) readonly policy!: GroupPolicy;
  /** `max_server_per_host` of anti-affinity. */
  @IsOptional() @IsObject() readonly rules?: Readonly<Record<string, number>>;
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
  /** Of all but a create. */
  @IsOptional() @IsInt() readonly id?: number;
  @IsOptional() @IsString() @MaxLength(255) readonly name?: string;
  /** null: the aggregate is no zone. */
  @IsOptional() @IsString() @MaxLength(255) readonly availability_zone?: string | null;
  @IsOptional() @IsString() @MaxLength(255) readonly host?: string;
  /** A null takes the key away. */
  @IsOptional() @IsObject() readonly metadata?: Readonly<Record<string, string | null>>;
}

/** Of a project, or of a user within it. */
export class ProjectQuotaArgs {
  @IsString() @MaxLength(255) readonly project_id!: string;
  @IsOptional() @IsString() @MaxLength(255) readonly user_id?: string;
}

/** Limits by nova's names, -1 for none; of a project, of a user within it, or of a class. */
export class QuotaUpdateArgs {
  @IsOptional() @IsString() @MaxLength(255) readonly project_id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly user_id?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly class_name?: string;
  @IsObject() readonly limits!: Readonly<Record<string, number>>;
  /** Also below what is used. */
  @IsBoolean() readonly force!: boolean;
}

export class QuotaClassArgs {
  @IsString() @MaxLength(255) readonly class_name!: string;
}

export class UsageArgs {
  @IsISO8601() readonly start!: string;
  @IsISO8601() readonly end!: string;
  /** Absent: of every project. */
  @IsOptional() @IsString() @MaxLength(255) readonly project_id?: string;
  @IsInt() @Min(0) @Max(100_000) readonly limit!: number;
  /** Id of the last server of the page before. */
  @IsOptional() @IsString() @MaxLength(255) readonly marker?: string;
}
