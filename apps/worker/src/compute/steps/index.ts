import type { TaskState } from '#libs/contracts';
import { declaredSteps } from './declared-steps.js';
import { deleteSteps } from './delete-steps.js';
import type { HostStepHandlers } from './host-step.js';

/** Every step that a compute host does, by its name on the bus. */
export const hostSteps: HostStepHandlers = { ...declaredSteps, ...deleteSteps };

/** The step that a server with a task waits for; undefined where none is on its way to a host. */
export function stepOfTask(task: TaskState): string | undefined {
  return Object.entries(hostSteps).find(([, { tasks }]) => tasks !== 'any' && tasks.includes(task))?.[0];
}
