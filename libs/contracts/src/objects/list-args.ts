import { IsArray, IsBoolean, IsIn, IsInt, IsObject, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

/**
 * The parameters of a list: which rows, in what order, from which row on. Every kind of list on the bus accepts them.
 */
export class ListArgs {
  /** Field name → accepted values (any of them). A field that the kind cannot filter by is an `InvalidFilter` error. */
  @IsOptional()
  @IsObject()
  readonly filters?: Readonly<Record<string, readonly string[]>>;

  /** Maximum number of rows; absent or null: the caller sets no limit. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(100_000)
  readonly limit?: number | null;

  /** Id of the last row of the previous page; unknown: `MarkerNotFound`. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  readonly marker?: string | null;

  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  readonly sort_keys?: readonly string[];

  @IsOptional()
  @IsArray()
  @IsIn(['asc', 'desc'], { each: true })
  readonly sort_dirs?: readonly ('asc' | 'desc')[];

  /** The page before the marker instead of the one after it (Network API). */
  @IsOptional()
  @IsBoolean()
  readonly page_reverse?: boolean;

  /** Rows of every project; the policy must permit it (Compute API's `all_tenants`). */
  @IsOptional()
  @IsBoolean()
  readonly all_projects?: boolean;
}

/** Names a project. */
export class ProjectArgs {
  @IsString()
  @MaxLength(255)
  readonly project_id!: string;
}

/** Names one object by its id. */
export class IdArgs {
  @IsString()
  @MaxLength(255)
  readonly id!: string;
}
