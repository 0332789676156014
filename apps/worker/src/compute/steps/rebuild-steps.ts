import { POWER_STATE } from '#libs/contracts';
import { completeMove, currentMove } from '../../instances/instance-moves.js';
import { clock } from '../../instances/instance-states.js';
import type { HostStepHandlers, StepWork } from './host-step.js';

/** A new guest replaces the old one: on the same host, or for a server whose host is gone. */
export const rebuildSteps: HostStepHandlers = {
  rebuild: {
    tasks: ['rebuilding', 'rebuild_spawning'],
    event: 'rebuild',
    record: 'compute_rebuild_instance',
    errorOnFailure: true,
    async run({ driver, networking, store }, { guest, instance, operation }) {
      await driver.destroy(guest, operation);
      const ports = await store.transaction((tx) => networking.rebind(tx, instance, guest.host), {
        name: 'rebuild.ports',
      });
      await driver.spawn(guest, ports, { ...operation, replaces: true });
      if (isStopped({ instance })) await driver.powerOff(guest, { ...operation, task: `${operation.task}.off` });
    },
    async end({ networking }, tx, { instance }) {
      const move = await currentMove(tx, instance.id);
      if (move?.migration_type === 'evacuation') await completeMove(tx, move, 'done');
      await networking.activate(tx, instance);
      const isOff = isStopped({ instance });
      return {
        vm_state: isOff ? 'stopped' : 'active',
        power_state: isOff ? POWER_STATE.SHUTDOWN : POWER_STATE.RUNNING,
        launched_at: clock,
      };
    },
    async fail(_services, tx, { instance }) {
      const move = await currentMove(tx, instance.id);
      if (move?.migration_type === 'evacuation') await completeMove(tx, move, 'failed');
      return { vm_state: 'error' };
    },
  },
};

/** Whether the server was stopped, so that it is stopped again afterwards. */
function isStopped({ instance }: Pick<StepWork, 'instance'>): boolean {
  return instance.task_arguments?.['state'] === 'stopped';
}
