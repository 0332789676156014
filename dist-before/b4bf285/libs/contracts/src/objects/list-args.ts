import { IsArray, IsBoolean, IsIn, IsInt, IsObject, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

/** What a list asks for: which rows, in what order, from where on. Every kind of list on the bus takes it. */
export class ListArgs {
  /** Field name → accepted values (any of them). A field that the kind cannot filter by is an `InvalidFilter` error. */
  @IsOptional()
  @IsObject()
  readonly filters?: Readonly<Record<string, readonly string[]>>;

  /** At most this many rows; absent or null: no limit of the caller's. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(100_000)
  readonly limit?: number | null;

  /** Id of the last row of the page before; unknown: `MarkerNotFound`. */
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

  /** The page before the marker in place of the one after it (Network API). */
  @IsOptional()
  @IsBoolean()
  readonly page_reverse?: boolean;

  /** Rows of every project; needs the policy's leave (Compute API's `all_tenants`). */
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
