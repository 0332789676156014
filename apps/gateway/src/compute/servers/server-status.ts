import { VM_STATES } from '#libs/contracts';
import type { ServerData, TaskState, VmState } from '#libs/contracts';

type ByTask = Readonly<Partial<Record<NonNullable<TaskState>, string>>>;

const REBUILD: ByTask = { rebuilding: 'REBUILD', rebuild_spawning: 'REBUILD' };
const RESIZE: ByTask = {
  resize_prep: 'RESIZE',
  resize_migrating: 'RESIZE',
  resize_migrated: 'RESIZE',
  resize_finish: 'RESIZE',
};

/** nova's `_STATE_MAP`: the status of a vm_state, and of those tasks that have their own. */
const STATUS: Readonly<Record<VmState, readonly [string, ByTask?]>> = {
  building: ['BUILD'],
  active: [
    'ACTIVE',
    {
      rebooting: 'REBOOT',
      rebooting_hard: 'HARD_REBOOT',
      updating_password: 'PASSWORD',
      migrating: 'MIGRATING',
      ...REBUILD,
      ...RESIZE,
    },
  ],
  paused: ['PAUSED', { migrating: 'MIGRATING' }],
  suspended: ['SUSPENDED'],
  stopped: ['SHUTOFF', { ...REBUILD, ...RESIZE }],
  rescued: ['RESCUE'],
  resized: ['VERIFY_RESIZE', { resize_reverting: 'REVERT_RESIZE' }],
  'soft-delete': ['SOFT_DELETED'],
  shelved: ['SHELVED'],
  shelved_offloaded: ['SHELVED_OFFLOADED'],
  error: ['ERROR', REBUILD],
  deleted: ['DELETED'],
};

/** nova's `status` from vm_state and task_state. */
export function statusOf({
  vm_state: vmState,
  task_state: taskState,
}: Pick<ServerData, 'vm_state' | 'task_state'>): string {
  const [plain, byTask] = STATUS[vmState];
  return (taskState === null ? undefined : byTask?.[taskState]) ?? plain;
}

/** The vm_states and (for the status of a task) task_states of a status; undefined for an unknown one. */
export function statesOf(status: string): { vmStates: VmState[]; taskStates: string[] } | undefined {
  const wanted = status.toUpperCase();
  const plain = VM_STATES.filter((state) => STATUS[state][0] === wanted);
  if (plain.length > 0) return { vmStates: plain, taskStates: [] };
  const found = VM_STATES.map((state) => ({ state, tasks: tasksOf(state, wanted) })).filter(
    ({ tasks }) => tasks.length > 0,
  );
  if (found.length === 0) return undefined;
  return {
    vmStates: found.map(({ state }) => state),
    taskStates: [...new Set(found.flatMap(({ tasks }) => tasks))],
  };
}

function tasksOf(state: VmState, status: string): string[] {
  return Object.entries(STATUS[state][1] ?? {}).flatMap(([task, name]) => (name === status ? [task] : []));
}
