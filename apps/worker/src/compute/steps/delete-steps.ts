import { POWER_STATE } from '#libs/contracts';
import type { HostStepHandlers } from './host-step.js';

/** Deferred deletes: the server is stopped and kept for a while. */
export const deleteSteps: HostStepHandlers = {
  soft_delete: {
    tasks: ['soft-deleting'],
    event: 'soft_delete',
    record: 'compute_soft_delete_instance',
    run: ({ driver }, { guest, operation }) => driver.powerOff(guest, operation),
    end: async () => ({ vm_state: 'soft-delete', power_state: POWER_STATE.SHUTDOWN }),
    fail: async () => ({ soft_deleted_at: null }),
  },
  restore: {
    tasks: ['restoring'],
    event: 'restore',
    record: 'compute_restore_instance',
    run: ({ driver }, { guest, operation }) => driver.powerOn(guest, operation),
    end: async () => ({ vm_state: 'active', power_state: POWER_STATE.RUNNING }),
  },
};
