import { POWER_STATE } from '#libs/contracts';
import type { InstanceChanges } from '../../instances/instance-states.js';
import type { Transaction } from '../../store/index.js';
import type { HostStepHandlers, StepServices, StepWork } from './host-step.js';
import { clock } from '../../instances/instance-states.js';

/** Images of guests. If the guest could not be read, the image is deleted again. */
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

/** Shelved servers: stopped, then removed from their host, and later restored. After a failure they stay as they were. */
export const shelveSteps: HostStepHandlers = {
  shelve: {
    tasks: ['shelving'],
    event: 'shelve',
    record: 'compute_shelve_instance',
    async run({ driver, snapshots }, { guest, instance, operation }) {
      await driver.powerOff(guest, operation);
      if (instance.shelved_image_id !== null) {
        await snapshots.fill(instance.shelved_image_id, () => driver.snapshot(guest));
      }
    },
    async end({ casts, offloadTime }, tx, { context, instance }) {
      const shelved = { vm_state: 'shelved' as const, power_state: POWER_STATE.SHUTDOWN };
      if (offloadTime() !== 0 || instance.host === null) return shelved;
      await casts.step(tx, context, instance.host, 'shelve_offload', instance);
      return { ...shelved, task_state: 'shelving_offloading' };
    },
  },
  shelve_offload: {
    tasks: ['shelving_offloading'],
    event: 'shelve_offload',
    record: 'compute_shelve_offload_instance',
    run: ({ driver }, { guest, operation }) => driver.destroy(guest, operation),
    async end({ networking }, tx, { instance }) {
      await networking.rebind(tx, instance, '');
      await tx.deleteFrom('allocations').where('instance_id', '=', instance.id).execute();
      return { vm_state: 'shelved_offloaded', power_state: POWER_STATE.SHUTDOWN, host: null, node: null };
    },
  },
  unshelve: {
    tasks: ['unshelving'],
    event: 'unshelve',
    record: 'compute_unshelve_instance',
    async run({ driver, networking, store }, { guest, instance, operation }) {
      if (instance.vm_state === 'shelved') return driver.powerOn(guest, operation);
      const ports = await store.transaction((tx) => networking.rebind(tx, instance, guest.host), {
        name: 'unshelve.ports',
      });
      await driver.spawn({ ...guest, imageRef: instance.shelved_image_id ?? guest.imageRef }, ports, operation);
      const current = store.db.selectFrom('instances').select('deleted').where('id', '=', instance.id);
      // Deleted before there was a guest to remove.
      if ((await current.executeTakeFirst())?.deleted !== false) await driver.destroy(guest, operation);
    },
    async end({ networking, snapshots }, tx, { instance }) {
      await networking.activate(tx, instance);
      if (instance.shelved_image_id !== null) await snapshots.remove(tx, instance.shelved_image_id);
      return { vm_state: 'active', power_state: POWER_STATE.RUNNING, launched_at: clock, shelved_image_id: null };
    },
    async fail({ networking }, tx, { instance }) {
      if (instance.vm_state === 'shelved') return {};
      await networking.rebind(tx, instance, '');
      await tx.deleteFrom('allocations').where('instance_id', '=', instance.id).execute();
      return { host: null, node: null };
    },
  },
};
