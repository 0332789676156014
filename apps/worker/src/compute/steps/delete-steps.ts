import { POWER_STATE } from '#libs/contracts';
import type { HostStepHandlers } from './host-step.js';

/** Deferred deletes: the server is stopped and kept for a while. */
export const deleteSteps: HostStepHandlers = {
  soft_delete: {
    tasks: ['soft-deleting'],
    event: 'soft_delete',
    record: 'compute_soft_delete_instance',
    async run({ driver }, { guest, instance, operation }) {
      if (instance.task_arguments?.['moved'] !== true) return driver.powerOff(guest, operation);
      // The delete has ended a move, wherever that was: the guest becomes what the server still has.
      const part = (name: string) => ({ ...operation, task: `${operation.task}.${name}` });
      await driver.moveOut(guest, part('out'));
      await driver.moveIn(guest, false, part('in'));
      await driver.cleanUp(guest, part('clean'));
    },
    end: async () => ({ vm_state: 'soft-delete', power_state: POWER_STATE.SHUTDOWN }),
    async fail(_services, _tx, { instance }) {
      // The delete has confirmed the resize.
      const isOff = instance.power_state === POWER_STATE.SHUTDOWN;
      const confirmed = isOff ? ('stopped' as const) : ('active' as const);
      return { soft_deleted_at: null, ...(instance.vm_state === 'resized' && { vm_state: confirmed }) };
    },
  },
  restore: {
    tasks: ['restoring'],
    event: 'restore',
    record: 'compute_restore_instance',
    run: ({ driver }, { guest, operation }) => driver.powerOn(guest, operation),
    end: async () => ({ vm_state: 'active', power_state: POWER_STATE.RUNNING }),
  },
};
