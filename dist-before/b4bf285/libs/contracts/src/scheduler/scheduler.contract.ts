import { cast, defineContract } from '#libs/messaging';
import { InstanceArgs } from '../conductor/conductor.contract.js';

/** Chooses a compute host for a server and hands it on. */
export const schedulerContract = defineContract({
  topic: 'scheduler',
  namespace: 'albireo',
  version: '1.0',
  methods: {
    /** Second step of a build: claims a host, then casts `build_and_run_instance` to it; none fits: ERROR with a fault. */
    select_destination: cast({ args: InstanceArgs }),
  },
});
export type SchedulerContract = typeof schedulerContract;
