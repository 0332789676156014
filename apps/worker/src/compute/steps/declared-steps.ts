import { POWER_STATE, SERVER_ACTION_NAMES, actionOf } from '#libs/contracts';
import type { ActionDeclaration, ServerActionName, TaskState } from '#libs/contracts';
import type { GuestChange } from '../../drivers/virt-driver.js';
import type { InstanceChanges } from '../../instances/instance-states.js';
import type { Transaction } from '../../store/index.js';
import type { HostStepHandler, HostStepHandlers, StepServices, StepWork } from './host-step.js';

type Run = HostStepHandler['run'];

const change =
  (name: GuestChange): Run =>
  ({ driver }, { guest, operation }) =>
    driver.change(guest, name, operation);

/** The driver calls of actions that their declarations describe completely. */
const RUNS: Readonly<Partial<Record<ServerActionName, Run>>> = {
  start: ({ driver }, { guest, operation }) => driver.powerOn(guest, operation),
  stop: ({ driver }, { guest, operation }) => driver.powerOff(guest, operation),
  reboot: ({ driver }, { guest, operation, instance }) =>
    driver.reboot(guest, instance.task_state === 'rebooting_hard' ? 'HARD' : 'SOFT', operation),
  pause: change('pause'),
  unpause: change('unpause'),
  suspend: change('suspend'),
  resume: change('resume'),
  rescue: ({ driver }, { guest, operation, instance }) => {
    const ref = instance.task_arguments?.['rescue_image_ref'];
    return driver.change(typeof ref === 'string' ? { ...guest, imageRef: ref } : guest, 'rescue', operation);
  },
  unrescue: change('unrescue'),
  change_password: change('change_password'),
  trigger_crash_dump: change('trigger_crash_dump'),
};

/** The steps of those actions, by the name of the action. */
export const declaredSteps: HostStepHandlers = Object.fromEntries(
  SERVER_ACTION_NAMES.flatMap((name) => {
    const run = RUNS[name];
    return run === undefined ? [] : [[name, declaredStep(name, run)]];
  }),
);

/** The step of an action as declared, with its driver call. */
export function declaredStep(name: ServerActionName, run: Run): HostStepHandler {
  const declared = actionOf(name);
  const { step } = declared;
  if (step === undefined) throw new Error(`${name} is declared without a step`);
  const { event, record, vmState, powerState, errorOnFailure = false } = step;
  return {
    tasks: declared.task === undefined && declared.states === undefined ? 'any' : tasksOf(declared),
    event,
    record,
    errorOnFailure,
    run,
    // A guest that runs on in spite of a failed reboot is no failed server.
    ...(name === 'reboot' && { fail: stillRunning }),
    end: async (_services: StepServices, _tx, { instance }: StepWork) => ({
      vm_state: vmState ?? instance.vm_state,
      power_state: powerState ?? instance.power_state,
    }),
  };
}

async function stillRunning(
  _services: StepServices,
  _tx: Transaction,
  { instance }: StepWork,
): Promise<InstanceChanges> {
  return instance.power_state === POWER_STATE.RUNNING ? { vm_state: 'active' } : {};
}

/** The tasks that an action may set. If they depend on the body, those of both kinds of a reboot. */
function tasksOf({ task, states }: ActionDeclaration): TaskState[] {
  const found = states === undefined ? [task] : [states({ type: 'SOFT' }).task, states({ type: 'HARD' }).task];
  return found.flatMap((each) => (each === undefined ? [] : [each]));
}
