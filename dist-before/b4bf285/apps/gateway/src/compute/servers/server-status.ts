import type { ServerData, TaskState, VmState } from '#libs/contracts';

const ACTIVE_TASKS: Readonly<Partial<Record<NonNullable<TaskState>, string>>> = {
  rebooting: 'REBOOT',
  rebooting_hard: 'HARD_REBOOT',
};

const STATUS: Readonly<Record<VmState, string>> = {
  building: 'BUILD',
  active: 'ACTIVE',
  stopped: 'SHUTOFF',
  error: 'ERROR',
  deleted: 'DELETED',
};

/** nova's `status` from vm_state and task_state. */
export function statusOf({
  vm_state: vmState,
  task_state: taskState,
}: Pick<ServerData, 'vm_state' | 'task_state'>): string {
  const byTask = vmState === 'active' && taskState !== null ? ACTIVE_TASKS[taskState] : undefined;
  return byTask ?? STATUS[vmState];
}

/** The vm_states and (where the status is one of a task) task_states behind a status; undefined for an unknown one. */
export function statesOf(status: string): { vmStates: VmState[]; taskStates: string[] } | undefined {
  const wanted = status.toUpperCase();
  const states: readonly VmState[] = ['building', 'active', 'stopped', 'error', 'deleted'];
  const plain = states.filter((state) => STATUS[state] === wanted);
  if (plain.length > 0) return { vmStates: plain, taskStates: [] };
  const tasks = Object.entries(ACTIVE_TASKS).filter(([, name]) => name === wanted);
  return tasks.length === 0 ? undefined : { vmStates: ['active'], taskStates: tasks.map(([task]) => task) };
}
