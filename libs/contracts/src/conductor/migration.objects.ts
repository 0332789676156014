import { IsOptional, IsString, MaxLength } from 'class-validator';
import { objectType, pageType } from '../objects/versioned-object.js';

/** A server's move to another host or flavor. Times are ISO 8601 UTC with microseconds and `Z`. */
export interface MigrationData {
  /** A UUID. */
  readonly id: string;
  /** The id that nova shows. */
  readonly number: number;
  readonly instance_uuid: string;
  readonly migration_type: 'resize' | 'migration' | 'live-migration' | 'evacuation';
  readonly status: string;
  readonly source_compute: string | null;
  readonly source_node: string | null;
  readonly dest_compute: string | null;
  readonly dest_node: string | null;
  readonly old_flavor_id: string | null;
  readonly new_flavor_id: string | null;
  /** The user who requested it. */
  readonly user_id: string | null;
  readonly project_id: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export const MigrationObject = objectType<MigrationData>('Migration', '1.0');
export const MigrationPage = pageType(MigrationObject);

export class ServerMigrationsArgs {
  @IsString() @MaxLength(255) readonly id!: string;
  /** The migration's id in the API. */
  @IsOptional() @IsString() @MaxLength(255) readonly number?: string;
}
