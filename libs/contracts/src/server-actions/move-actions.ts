import { IsBoolean, IsIn, IsOptional, IsString, MaxLength, MinLength, ValidateIf } from 'class-validator';
import { ReadAs } from '#libs/messaging';
import { BooleanText, IsHostname, NAME_RULE, Optional, isName } from '../compute/body-forms.js';
import { InVersions, RequiredIn, RuleInVersions } from '../compute/version-bounds.js';
import { actions } from './action.js';

export class ResizeBody {
  @ReadAs((value) => (typeof value === 'number' ? String(value) : value))
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  flavorRef!: string;
  @Optional() @IsIn(['AUTO', 'MANUAL']) 'OS-DCF:diskConfig'?: 'AUTO' | 'MANUAL';
}

export class MigrateBody {
  @IsOptional() @IsHostname() host?: string | null;
}

export class MigrateLiveBody {
  /** `auto` from 2.25 on; no driver here copies disks, or needs to. */
  @RuleInVersions(1, 24, (value) => value !== 'auto', "'auto' is not a boolean")
  @BooleanText()
  @IsIn([true, false, 'auto'])
  block_migration!: boolean | 'auto';
  @InVersions(1, 24) @RequiredIn(1, 24) @BooleanText() @Optional() @IsBoolean() disk_over_commit?: boolean;
  @ValidateIf((_body, value) => value !== null) @IsHostname() host!: string | null;
  @InVersions(30, 67) @BooleanText() @Optional() @IsBoolean() force?: boolean;
}

export class EvacuateBody {
  @Optional() @IsHostname() host?: string;
  @InVersions(1, 13) @RequiredIn(1, 13) @BooleanText() @Optional() @IsBoolean() onSharedStorage?: boolean;
  @Optional() @IsString() adminPass?: string;
  @InVersions(29, 67) @BooleanText() @Optional() @IsBoolean() force?: boolean;
}

export class UnshelveBody {
  /** From 2.91 on null removes the pin, and any text is a zone, which may be missing. */
  @RuleInVersions(77, 90, isName, NAME_RULE) @IsOptional() @IsString() availability_zone?: string | null;
  @InVersions(91) @Optional() @IsString() host?: string;
}

/** The body of an operation on a migration of a server. */
export class MigrationBody {
  /** Its id in the API. */
  @IsString() @MaxLength(255) migration_id!: string;
}

/** Actions that move a server to another host or flavor, or off its host. */
export const moveActions = actions({
  resize: {
    key: 'resize',
    rule: 'os_compute_api:servers:resize',
    allowed: 'member',
    description: 'Resize a server',
    body: ResizeBody,
    from: ['active', 'stopped'],
    task: 'resize_prep',
    needsHost: true,
    recorded: 'resize',
  },
  confirm_resize: {
    key: 'confirmResize',
    rule: 'os_compute_api:servers:confirm_resize',
    allowed: 'member',
    description: 'Confirm a resize',
    from: ['resized'],
    task: 'resize_confirming',
    recorded: 'confirmResize',
    status: 204,
  },
  revert_resize: {
    key: 'revertResize',
    rule: 'os_compute_api:servers:revert_resize',
    allowed: 'member',
    description: 'Revert a resize',
    from: ['resized'],
    task: 'resize_reverting',
    recorded: 'revertResize',
  },
  migrate: {
    key: 'migrate',
    rule: 'os_compute_api:os-migrate-server:migrate',
    allowed: 'manager',
    description: 'Migrate a server that is switched off meanwhile',
    body: MigrateBody,
    bodySince: 56,
    nullable: true,
    from: ['active', 'stopped'],
    task: 'resize_prep',
    needsHost: true,
    recorded: 'migrate',
  },
  migrate_live: {
    key: 'os-migrateLive',
    rule: 'os_compute_api:os-migrate-server:migrate_live',
    allowed: 'manager',
    description: 'Migrate a server that runs meanwhile',
    body: MigrateLiveBody,
    from: ['active', 'paused'],
    task: 'migrating',
    needsHost: true,
    recorded: 'live-migration',
  },
  abort_live_migration: {
    key: 'abort live migration',
    operation: 'DELETE /servers/{server_id}/migrations/{migration_id}',
    rule: 'os_compute_api:servers:migrations:delete',
    allowed: 'manager',
    description: 'Abort a live migration',
    since: 24,
    body: MigrationBody,
    tasks: ['migrating'],
    recorded: 'live_migration_cancel',
  },
  force_complete_live_migration: {
    key: 'force_complete',
    operation: 'POST /servers/{server_id}/migrations/{migration_id}/action (force_complete)',
    rule: 'os_compute_api:servers:migrations:force_complete',
    allowed: 'manager',
    description: 'Complete a live migration at once',
    since: 22,
    body: MigrationBody,
    from: ['active'],
    tasks: 'any',
    recorded: 'live_migration_force_complete',
  },
  evacuate: {
    key: 'evacuate',
    rule: 'os_compute_api:os-evacuate',
    allowed: 'admin',
    description: 'Rebuild a server whose host is down on another one',
    body: EvacuateBody,
    from: ['active', 'stopped', 'error'],
    tasks: 'any',
    evenLocked: true,
    task: 'rebuilding',
    needsHost: true,
    recorded: 'evacuate',
    status: 200,
    answer: 'password',
    answerUntil: 13,
  },
  shelve: {
    key: 'shelve',
    rule: 'os_compute_api:os-shelve:shelve',
    allowed: 'member',
    description: 'Shelve a server',
    from: ['active', 'stopped', 'paused', 'suspended'],
    task: 'shelving',
    recorded: 'shelve',
    step: { event: 'shelve', record: 'compute_shelve_instance' },
  },
  shelve_offload: {
    key: 'shelveOffload',
    rule: 'os_compute_api:os-shelve:shelve_offload',
    allowed: 'admin',
    description: 'Take a shelved server off its host',
    from: ['shelved'],
    task: 'shelving_offloading',
    recorded: 'shelveOffload',
    step: { event: 'shelve_offload', record: 'compute_shelve_offload_instance' },
  },
  unshelve: {
    key: 'unshelve',
    rule: 'os_compute_api:os-shelve:unshelve',
    allowed: 'member',
    description: 'Restore a shelved server',
    body: UnshelveBody,
    bodySince: 77,
    nullable: true,
    from: ['shelved', 'shelved_offloaded'],
    task: 'unshelving',
    needsHost: false,
    recorded: 'unshelve',
    step: { event: 'unshelve', record: 'compute_unshelve_instance' },
  },
});
