import type { TaskState } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { DriverOperation, GuestDescription, VirtDriver } from '../../drivers/virt-driver.js';
import type { SnapshotImages } from '../../image/snapshot-images.js';
import type { InstanceCasts } from '../../instances/instance-casts.js';
import type { InstanceNetworking } from '../../instances/instance-networking.js';
import type { InstanceRow } from '../../instances/instance-row.js';
import type { InstanceChanges } from '../../instances/instance-states.js';
import type { InstanceNotices } from '../../notifications/instance-notices.js';
import type { Store, Transaction } from '../../store/index.js';
import type { ComputeSettings } from '../compute-host.js';

/** What steps work with. */
export interface StepServices {
  readonly store: Store;
  readonly driver: VirtDriver;
  readonly casts: InstanceCasts;
  readonly networking: InstanceNetworking;
  readonly snapshots: SnapshotImages;
  readonly notices: InstanceNotices;
  readonly settings: ComputeSettings;
  /** `[DEFAULT] shelved_offload_time`, in seconds. */
  readonly offloadTime: () => number;
}

/** One run of a step. */
export interface StepWork {
  readonly context: RequestContext;
  /** As it was when the step began. */
  readonly instance: InstanceRow;
  readonly guest: GuestDescription;
  readonly operation: DriverOperation;
}

/**
 * A step of an action that a compute host does. The driver's part may be repeated; the end is one transaction, which
 * only takes effect while the server still has one of the tasks.
 */
export interface HostStepHandler {
  /** The tasks that it belongs to; any other means that the cast is out of date. `any`: it is no task, and ends none. */
  readonly tasks: readonly TaskState[] | 'any';
  /** Which part of a task that several hosts work on, as `task_arguments` has it. @default the first */
  readonly phase?: string;
  /** Whether the host does it that the server moved away from. @default the host that the server is on */
  readonly onSource?: boolean;
  /** Its notifications `<event>.start` and `.end`. @default none */
  readonly event?: string;
  /** Its event in os-instance-actions. Absent: it belongs to no action. */
  readonly record?: string;
  /** Whether a failure leaves the server in ERROR. @default false: the state that it had */
  readonly errorOnFailure?: boolean;
  run(services: StepServices, work: StepWork): Promise<void>;
  /** New columns of the server, and whatever else belongs to the end. */
  end(services: StepServices, tx: Transaction, work: StepWork): Promise<InstanceChanges>;
  /** What else a failure undoes; the columns that it answers win. */
  fail?(services: StepServices, tx: Transaction, work: StepWork): Promise<InstanceChanges>;
}

export type HostStepHandlers = Readonly<Record<string, HostStepHandler>>;

/** Whether a server waits for a step. */
export function isDue(
  { tasks, phase }: HostStepHandler,
  { task_state: task, task_arguments: args }: Pick<InstanceRow, 'task_state' | 'task_arguments'>,
): boolean {
  return tasks === 'any' || (tasks.includes(task) && args?.['phase'] === phase);
}
