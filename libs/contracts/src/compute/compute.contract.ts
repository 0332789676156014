import { IsIn, IsInt, IsOptional, IsString, MaxLength, Min } from 'class-validator';
import { call, cast, defineContract, type } from '#libs/messaging';
import { objectType } from '../objects/versioned-object.js';
import type { VersionedObject } from '../objects/versioned-object.js';
import { ConsoleConnectArgs } from './console.objects.js';
import type { ConsoleConnectionData } from './console.objects.js';
import { InstanceArgs } from '../conductor/conductor.contract.js';

export class RebootInstanceArgs {
  @IsString() @MaxLength(64) readonly instance_uuid!: string;
  @IsIn(['SOFT', 'HARD']) readonly reboot_type!: 'SOFT' | 'HARD';
}

/** A console's text. */
export interface ConsoleOutputData {
  readonly output: string;
}

export const ConsoleOutput = objectType<ConsoleOutputData>('ConsoleOutput', '1.0');

/** A step of an action; its arguments are stored with the server. */
export class ActOnInstanceArgs {
  @IsString() @MaxLength(64) readonly instance_uuid!: string;
  @IsString() @MaxLength(64) readonly step!: string;
}

export class ConsoleOutputArgs {
  @IsString() @MaxLength(64) readonly instance_uuid!: string;
  /** The last lines; null for all. */
  @IsOptional() @IsInt() @Min(0) readonly length!: number | null;
}

/** The operations of a compute host on its servers; sent to `compute.<host>`. */
export const computeContract = defineContract({
  topic: 'compute',
  namespace: 'albireo',
  version: '1.1',
  methods: {
    /** Third step of a build: plugs the ports, spawns, sets ACTIVE. */
    build_and_run_instance: cast({ access: 'users', args: InstanceArgs }),
    start_instance: cast({ access: 'users', args: InstanceArgs }),
    stop_instance: cast({ access: 'users', args: InstanceArgs }),
    reboot_instance: cast({ access: 'users', args: RebootInstanceArgs }),
    /** A step of an action that runs on the host: `pause`, `finish_resize`. */
    act_on_instance: cast({ access: 'users', args: ActOnInstanceArgs, since: '1.1' }),
    /** The text of a guest's console. Error: InstanceNotFound. */
    get_console_output: call({
      access: ['os_compute_api:os-console-output'],
      args: ConsoleOutputArgs,
      result: type<VersionedObject<ConsoleOutputData>>(),
      idempotent: true,
      since: '1.1',
    }),
    /**
     * The current address of a guest's console. Errors: ConsoleTypeUnavailable, ConsoleTypeInvalid, Conflict (no guest
     * yet), FeatureNotSupported.
     */
    get_console: call({
      access: ['os_compute_api:os-remote-consoles'],
      args: ConsoleConnectArgs,
      result: type<VersionedObject<ConsoleConnectionData>>(),
      idempotent: true,
      since: '1.1',
    }),
    /** To all hosts: data of the Network API has changed; a hint, which may be lost. */
    networks_changed: cast({ access: 'users', args: null, since: '1.1' }),
    /** Destroys the server, unplugs and frees its ports, marks it deleted. */
    terminate_instance: cast({ access: 'users', args: InstanceArgs }),
  },
});
export type ComputeContract = typeof computeContract;
