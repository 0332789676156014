import { IsBoolean, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { objectType } from '../objects/versioned-object.js';
import type { Page } from '../objects/versioned-object.js';

/** The recorded actions of a server, the newest first. */
export class InstanceActionListArgs {
  @IsString() @MaxLength(255) readonly id!: string;
  /** Whether a deleted server is found, too. */
  @IsBoolean() readonly with_deleted!: boolean;
  @IsOptional() @IsInt() @Min(0) @Max(100_000) readonly limit?: number;
  /** The request id of the last action of the previous page. */
  @IsOptional() @IsString() @MaxLength(255) readonly marker?: string;
  /** ISO 8601, inclusive, compared with `updated_at`. */
  @IsOptional() @IsString() @MaxLength(64) readonly changes_since?: string;
  @IsOptional() @IsString() @MaxLength(64) readonly changes_before?: string;
}

/** One recorded action, by the id of its request. */
export class InstanceActionArgs {
  @IsString() @MaxLength(255) readonly id!: string;
  @IsString() @MaxLength(255) readonly request_id!: string;
  @IsBoolean() readonly with_deleted!: boolean;
}

export interface InstanceActionEvent {
  readonly event: string;
  readonly host: string | null;
  readonly start_time: string;
  readonly finish_time: string | null;
  readonly result: string | null;
  /** Null also for callers who may not see it. */
  readonly traceback: string | null;
  readonly details: string | null;
}

/** Times are ISO 8601 UTC with microseconds and `Z`. */
export interface InstanceActionData {
  readonly action: string;
  readonly instance_uuid: string;
  readonly request_id: string;
  readonly user_id: string | null;
  readonly project_id: string | null;
  /** The project of the server. */
  readonly owner_project_id: string;
  readonly message: string | null;
  readonly start_time: string;
  readonly updated_at: string;
  /** Empty in lists. */
  readonly events: readonly InstanceActionEvent[];
}

export const InstanceAction = objectType<InstanceActionData>('InstanceAction', '1.0');
export const InstanceActionPage = objectType<Page<InstanceActionData>>('InstanceActionPage', '1.0');
