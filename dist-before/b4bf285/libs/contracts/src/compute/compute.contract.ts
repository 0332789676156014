import { IsIn, IsString, MaxLength } from 'class-validator';
import { cast, defineContract } from '#libs/messaging';
import { InstanceArgs } from '../conductor/conductor.contract.js';

export class RebootInstanceArgs {
  @IsString() @MaxLength(64) readonly instance_uuid!: string;
  @IsIn(['SOFT', 'HARD']) readonly reboot_type!: 'SOFT' | 'HARD';
}

/** What a compute host does to its servers; sent to `compute.<host>`. */
export const computeContract = defineContract({
  topic: 'compute',
  namespace: 'albireo',
  version: '1.0',
  methods: {
    /** Third step of a build: plugs the ports, spawns, sets ACTIVE. */
    build_and_run_instance: cast({ args: InstanceArgs }),
    start_instance: cast({ args: InstanceArgs }),
    stop_instance: cast({ args: InstanceArgs }),
    reboot_instance: cast({ args: RebootInstanceArgs }),
    /** Destroys the server, unplugs and frees its ports, marks it deleted. */
    terminate_instance: cast({ args: InstanceArgs }),
  },
});
export type ComputeContract = typeof computeContract;
