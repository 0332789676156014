import { IsInt, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';
import { IsMetadata, IsName, NumberText, Optional } from '../compute/body-forms.js';
import { actions } from './action.js';

export class CreateImageBody {
  @IsString() @MinLength(1) @MaxLength(255) @IsName() name!: string;
  @Optional() @IsMetadata() metadata?: Record<string, string>;
}

export class CreateBackupBody {
  @IsString() @MinLength(1) @MaxLength(255) @IsName() name!: string;
  @IsString() @MaxLength(255) backup_type!: string;
  /** How many backups of the type are kept. */
  @NumberText() @IsInt() @Min(0) @Max(2_147_483_647) rotation!: number;
  @Optional() @IsMetadata() metadata?: Record<string, string>;
}

/** Images of servers. A lock protects a server from changes, not from being copied. */
export const imageActions = actions({
  create_image: {
    key: 'createImage',
    rule: 'os_compute_api:servers:create_image',
    allowed: 'member',
    description: 'Make an image of a server',
    body: CreateImageBody,
    from: ['active', 'stopped', 'paused', 'suspended'],
    evenLocked: true,
    task: 'image_snapshot',
    recorded: 'createImage',
    step: { event: 'snapshot', record: 'compute_snapshot_instance' },
    answer: 'image',
  },
  create_backup: {
    key: 'createBackup',
    rule: 'os_compute_api:os-create-backup',
    allowed: 'member',
    description: 'Back up a server',
    body: CreateBackupBody,
    from: ['active', 'stopped', 'paused', 'suspended'],
    evenLocked: true,
    task: 'image_backup',
    recorded: 'createBackup',
    step: { event: 'snapshot', record: 'compute_backup_instance' },
    answer: 'image',
  },
});
