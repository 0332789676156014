import type { InstanceChanges } from '../../instances/instance-states.js';
import type { Transaction } from '../../store/index.js';
import type { HostStepHandlers, StepServices, StepWork } from './host-step.js';

/** Images of guests. One whose guest could not be read goes again. */
export const imageSteps: HostStepHandlers = {
  create_image: {
    tasks: ['image_snapshot'],
    event: 'snapshot',
    record: 'compute_snapshot_instance',
    run: fill,
    end: async () => ({}),
    fail: discard,
  },
  create_backup: {
    tasks: ['image_backup'],
    event: 'snapshot',
    record: 'compute_backup_instance',
    run: fill,
    async end({ snapshots }, tx, { instance }) {
      const { backup_type: type, rotation } = instance.task_arguments ?? {};
      await snapshots.rotate(tx, instance.id, String(type), Number(rotation));
      return {};
    },
    fail: discard,
  },
};

function fill({ driver, snapshots }: StepServices, { instance, guest }: StepWork): Promise<void> {
  return snapshots.fill(String(instance.task_arguments?.['image_id']), () => driver.snapshot(guest));
}

async function discard({ snapshots }: StepServices, tx: Transaction, { instance }: StepWork): Promise<InstanceChanges> {
  await snapshots.remove(tx, String(instance.task_arguments?.['image_id']));
  return {};
}
