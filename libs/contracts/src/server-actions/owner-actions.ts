import { IsIn, IsInt, IsOptional, IsString, MaxLength, Min, MinLength } from 'class-validator';
import { NumberText, Optional } from '../compute/body-forms.js';
import { actions } from './action.js';

export class LockBody {
  @Optional() @IsString() @MinLength(1) @MaxLength(255) locked_reason?: string;
}

export class ResetStateBody {
  @IsIn(['active', 'error']) state!: 'active' | 'error';
}

export class ChangePasswordBody {
  @IsString() adminPass!: string;
}

export class ConsoleOutputBody {
  /** Number of lines; -1 and null for all. */
  @NumberText() @IsOptional() @IsInt() @Min(-1) length?: number | null;
}

/** Actions that the conductor finishes at once, without the server's host. */
export const ownerActions = actions({
  lock: {
    key: 'lock',
    rule: 'os_compute_api:os-lock-server:lock',
    allowed: 'member',
    description: 'Lock a server',
    body: LockBody,
    bodySince: 73,
    nullable: true,
    tasks: 'any',
    evenLocked: true,
  },
  unlock: {
    key: 'unlock',
    rule: 'os_compute_api:os-lock-server:unlock',
    allowed: 'member',
    description: 'Unlock a server',
    tasks: 'any',
    evenLocked: true,
    recorded: 'unlock',
  },
  reset_state: {
    key: 'os-resetState',
    rule: 'os_compute_api:os-admin-actions:reset_state',
    allowed: 'admin',
    description: 'Reset the state of a server',
    body: ResetStateBody,
    tasks: 'any',
    evenLocked: true,
    recorded: 'resetState',
  },
  inject_network_info: {
    key: 'injectNetworkInfo',
    rule: 'os_compute_api:os-admin-actions:inject_network_info',
    allowed: 'admin',
    description: 'Inject network information into a server',
    tasks: 'any',
    needsHost: true,
  },
  change_password: {
    key: 'changePassword',
    rule: 'os_compute_api:os-admin-password',
    allowed: 'member',
    description: "Change a server's administrative password",
    body: ChangePasswordBody,
    from: ['active'],
    task: 'updating_password',
    recorded: 'changePassword',
    step: { event: 'password', record: 'compute_set_admin_password' },
  },
  get_console_output: {
    key: 'os-getConsoleOutput',
    rule: 'os_compute_api:os-console-output',
    allowed: 'member',
    description: 'Show the console output of a server',
    body: ConsoleOutputBody,
    tasks: 'any',
    evenLocked: true,
    needsHost: true,
    status: 200,
    answer: 'output',
  },
  force_delete: {
    key: 'forceDelete',
    rule: 'os_compute_api:os-deferred-delete:force',
    allowed: 'member',
    description: 'Delete a server at once, also where deletes are deferred',
    tasks: 'any',
    recorded: 'delete',
  },
  restore: {
    key: 'restore',
    rule: 'os_compute_api:os-deferred-delete:restore',
    allowed: 'member',
    description: 'Restore a server that was deleted, before it is reclaimed',
    from: ['soft-delete'],
    recorded: 'restore',
  },
});
