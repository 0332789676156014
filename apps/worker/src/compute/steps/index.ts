import type { InstanceRow } from '../../instances/instance-row.js';
import { currentMove } from '../../instances/instance-moves.js';
import type { Queries } from '../../store/index.js';
import { declaredSteps } from './declared-steps.js';
import { deleteSteps } from './delete-steps.js';
import { imageSteps, shelveSteps } from './image-steps.js';
import { interfaceSteps } from './interface-steps.js';
import { moveSteps } from './move-steps.js';
import { rebuildSteps } from './rebuild-steps.js';
import { isDue } from './host-step.js';
import type { HostStepHandlers } from './host-step.js';

/** All steps that run on a compute host, by their names on the bus. */
export const hostSteps: HostStepHandlers = {
  ...declaredSteps,
  ...deleteSteps,
  ...rebuildSteps,
  ...moveSteps,
  ...shelveSteps,
  ...imageSteps,
  ...interfaceSteps,
};

/** The step that the server's current task waits for; undefined if no step is on its way to a host. */
export function dueStep(instance: Pick<InstanceRow, 'task_state' | 'task_arguments'>): string | undefined {
  return Object.entries(hostSteps).find(([, step]) => step.tasks !== 'any' && isDue(step, instance))?.[0];
}

/** The host that runs a step of a server; for most steps the host of the server. */
export async function hostOfStep(db: Queries, step: string, instance: InstanceRow): Promise<string> {
  if (hostSteps[step]?.onSource === true) return (await currentMove(db, instance.id))?.source_compute ?? '';
  return instance.host ?? '';
}
