import { IsIn } from 'class-validator';
import { POWER_STATE } from '../conductor/server-states.js';
import { actions } from './action.js';

/** `{"type": "SOFT"}`; nova accepts the type in three spellings. */
export class RebootBody {
  @IsIn(['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft']) type!: string;
}

export const powerActions = actions({
  start: {
    key: 'os-start',
    rule: 'os_compute_api:servers:start',
    allowed: 'member',
    description: 'Start a server',
    hostFirst: true,
    from: ['stopped'],
    task: 'powering-on',
    recorded: 'start',
    step: {
      event: 'power_on',
      record: 'compute_start_instance',
      vmState: 'active',
      powerState: POWER_STATE.RUNNING,
      method: 'start_instance',
    },
    first: true,
  },
  stop: {
    key: 'os-stop',
    rule: 'os_compute_api:servers:stop',
    allowed: 'member',
    description: 'Stop a server',
    hostFirst: true,
    from: ['active', 'error'],
    task: 'powering-off',
    recorded: 'stop',
    step: {
      event: 'power_off',
      record: 'compute_stop_instance',
      vmState: 'stopped',
      powerState: POWER_STATE.SHUTDOWN,
      method: 'stop_instance',
    },
    first: true,
  },
  reboot: {
    key: 'reboot',
    rule: 'os_compute_api:servers:reboot',
    allowed: 'member',
    description: 'Reboot a server',
    body: RebootBody,
    states: (body) =>
      isHard(body)
        ? {
            // A hard reboot is the remedy when a soft one hangs.
            from: ['active', 'stopped', 'paused', 'suspended', 'error'],
            tasks: [null, 'rebooting', 'rebooting_hard', 'resuming', 'unpausing', 'pausing', 'suspending'],
            task: 'rebooting_hard',
          }
        : { from: ['active'], task: 'rebooting' },
    recorded: 'reboot',
    step: {
      event: 'reboot',
      record: 'compute_reboot_instance',
      vmState: 'active',
      powerState: POWER_STATE.RUNNING,
      errorOnFailure: true,
      method: 'reboot_instance',
    },
    first: true,
  },
  pause: {
    key: 'pause',
    rule: 'os_compute_api:os-pause-server:pause',
    allowed: 'member',
    description: 'Pause a server',
    from: ['active'],
    task: 'pausing',
    recorded: 'pause',
    step: { event: 'pause', record: 'compute_pause_instance', vmState: 'paused', powerState: POWER_STATE.PAUSED },
  },
  unpause: {
    key: 'unpause',
    rule: 'os_compute_api:os-pause-server:unpause',
    allowed: 'member',
    description: 'Unpause a server',
    from: ['paused'],
    task: 'unpausing',
    recorded: 'unpause',
    step: { event: 'unpause', record: 'compute_unpause_instance', vmState: 'active', powerState: POWER_STATE.RUNNING },
  },
  suspend: {
    key: 'suspend',
    rule: 'os_compute_api:os-suspend-server:suspend',
    allowed: 'member',
    description: 'Suspend a server',
    from: ['active'],
    task: 'suspending',
    recorded: 'suspend',
    step: {
      event: 'suspend',
      record: 'compute_suspend_instance',
      vmState: 'suspended',
      powerState: POWER_STATE.SUSPENDED,
      errorOnFailure: true,
    },
  },
  resume: {
    key: 'resume',
    rule: 'os_compute_api:os-suspend-server:resume',
    allowed: 'member',
    description: 'Resume a server',
    from: ['suspended'],
    task: 'resuming',
    recorded: 'resume',
    step: {
      event: 'resume',
      record: 'compute_resume_instance',
      vmState: 'active',
      powerState: POWER_STATE.RUNNING,
      errorOnFailure: true,
    },
  },
  trigger_crash_dump: {
    key: 'trigger_crash_dump',
    rule: 'os_compute_api:servers:trigger_crash_dump',
    allowed: 'member',
    description: 'Make the guest write a crash dump',
    since: 17,
    nullOnly: true,
    hostFirst: true,
    from: ['active', 'paused', 'rescued', 'resized', 'error'],
    recorded: 'trigger_crash_dump',
    step: { event: 'trigger_crash_dump', record: 'compute_trigger_crash_dump' },
  },
});

/** Whether a reboot's body requests a hard one. */
export function isHard(body: object): boolean {
  return 'type' in body && typeof body.type === 'string' && body.type.toUpperCase() === 'HARD';
}
