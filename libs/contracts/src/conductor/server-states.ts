/** nova's vm_state. */
export const VM_STATES = [
  'building',
  'active',
  'paused',
  'suspended',
  'stopped',
  'rescued',
  'resized',
  'soft-delete',
  'shelved',
  'shelved_offloaded',
  'error',
  'deleted',
] as const;
export type VmState = (typeof VM_STATES)[number];

/** nova's task_state: the operation in progress on the server. */
export const TASK_STATES = [
  'scheduling',
  'networking',
  'spawning',
  'powering-on',
  'powering-off',
  'rebooting',
  'rebooting_hard',
  'pausing',
  'unpausing',
  'suspending',
  'resuming',
  'rescuing',
  'unrescuing',
  'updating_password',
  'image_snapshot',
  'image_backup',
  'rebuilding',
  'rebuild_spawning',
  'shelving',
  'shelving_offloading',
  'unshelving',
  'resize_prep',
  'resize_migrating',
  'resize_migrated',
  'resize_finish',
  'resize_confirming',
  'resize_reverting',
  'migrating',
  'soft-deleting',
  'restoring',
  'deleting',
] as const;
/** Null when no operation is in progress. */
export type TaskState = (typeof TASK_STATES)[number] | null;

/** nova's power_state numbers. */
export const POWER_STATE = { NOSTATE: 0, RUNNING: 1, PAUSED: 3, SHUTDOWN: 4, CRASHED: 6, SUSPENDED: 7 } as const;
