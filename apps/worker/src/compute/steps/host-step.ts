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

/** The services that steps use. */
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
  /** The row as it was when the step began. */
  readonly instance: InstanceRow;
  readonly guest: GuestDescription;
  readonly operation: DriverOperation;
}

/**
 * A step of an action that runs on a compute host. The driver's part may be repeated. The end is one transaction, which
 * takes effect only if the server still has one of the tasks.
 */
export interface HostStepHandler {
  /**
   * The tasks that the step belongs to; any other task means that the cast is out of date. `any`: the step belongs to
   * no task, and ends none.
   */
  readonly tasks: readonly TaskState[] | 'any';
  /** The phase in `task_arguments` of a task on which several hosts work. @default the first */
  readonly phase?: string;
  /** Whether the step runs on the source host of a move. @default on the server's current host */
  readonly onSource?: boolean;
  /** Its notifications `<event>.start` and `.end`. @default none */
  readonly event?: string;
  /** Its event in os-instance-actions. @default it belongs to no action */
  readonly record?: string;
  /** Whether a failure leaves the server in ERROR. @default false: it keeps its state */
  readonly errorOnFailure?: boolean;
  run(services: StepServices, work: StepWork): Promise<void>;
  /** Returns new columns of the server, and does the other work of the end. */
  end(services: StepServices, tx: Transaction, work: StepWork): Promise<InstanceChanges>;
  /** Undoes more after a failure; the columns that it returns take precedence. */
  fail?(services: StepServices, tx: Transaction, work: StepWork): Promise<InstanceChanges>;
}

export type HostStepHandlers = Readonly<Record<string, HostStepHandler>>;

/** Whether a server's current task is waiting for a step. */
export function isDue(
  { tasks, phase }: HostStepHandler,
  { task_state: task, task_arguments: args }: Pick<InstanceRow, 'task_state' | 'task_arguments'>,
): boolean {
  return tasks === 'any' || (tasks.includes(task) && args?.['phase'] === phase);
}
