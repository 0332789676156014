import type { TaskState, VmState } from '../conductor/server-states.js';

/** Who may run it by default, in the terms of nova's policies. */
export type ActionAudience = 'member' | 'manager' | 'admin';

/** The step on the server's compute host, and the server's state afterwards. */
export interface HostStep {
  /** Its notifications `compute.instance.<event>.start` and `.end`. */
  readonly event: string;
  /** The name of the instance action's event: `compute_pause_instance`. */
  readonly record: string;
  /** Absent: the previous state. */
  readonly vmState?: VmState;
  readonly powerState?: number;
  /** Whether a failure leaves the server in ERROR, as in nova. @default false: the previous state */
  readonly errorOnFailure?: boolean;
  /** The method of the compute host's contract 1.0 for it; the others use `act_on_instance`. */
  readonly method?: 'start_instance' | 'stop_instance' | 'reboot_instance';
}

/** When an action is allowed, and the task state that it sets. */
export interface ActionStates {
  /** @default every state */
  readonly from?: readonly VmState[];
  /** `any`: allowed during any task. @default only if there is no task */
  readonly tasks?: readonly TaskState[] | 'any';
  /** The server's task from then on. @default none: the action is finished at once */
  readonly task?: NonNullable<TaskState>;
}

/** A body of an action: decorated by class-validator, constructed without parameters. */
export type ActionBodyClass = new () => object;

/**
 * One action of a server. It defines the key of `POST /servers/{id}/action`, the check of its body in both halves, the
 * policy rule, the check of lock and states, the instance action and its event, notifications, the cast to the host,
 * and its repair when the cast was lost.
 */
export interface ActionDeclaration extends ActionStates {
  /** The only key of the request's body: `os-start`. For an action with its own route: its name in nova's texts. */
  readonly key: string;
  /** Its own route, as policy files write it. @default it is a key of `POST /servers/{id}/action` */
  readonly operation?: string;
  readonly rule: string;
  readonly allowed: ActionAudience;
  /** The text of the rule's documentation. */
  readonly description: string;
  /** First and last N of the microversions 2.N that have the action. */
  readonly since?: number;
  readonly until?: number;
  /** The value under the key. Absent: anything, as nova accepts `null` and any other value. */
  readonly body?: ActionBodyClass;
  /** N of the first microversion that checks the value. @default every one */
  readonly bodySince?: number;
  /** Whether `null` means an empty body. */
  readonly nullable?: boolean;
  /** Chooses the states by the body, if they depend on it. */
  readonly states?: (body: object) => ActionStates;
  /** Whether it is allowed on a locked server. @default false */
  readonly evenLocked?: boolean;
  /** Whether the body must be null. @default any value, if there is no class of it */
  readonly nullOnly?: true;
  /** Whether that the server is on no host is found before its state. @default false */
  readonly hostFirst?: true;
  /** Whether the server must be on a host. @default true if there is a step */
  readonly needsHost?: boolean;
  /** nova's name of it in os-instance-actions. Absent: it is not recorded, or its handler decides. */
  readonly recorded?: string;
  readonly step?: HostStep;
  /** @default 202 */
  readonly status?: 200 | 202 | 204;
  /**
   * The content of the response: `password` an `adminPass`, which is returned but not stored; `server` the server after
   * the action, with a password; `output` the console's text; `image` the id of the new image; `port` the id of the
   * attached port; `console` the URL of a console. @default nothing
   */
  readonly answer?: 'password' | 'server' | 'output' | 'image' | 'port' | 'console';
  /** N of the last microversion whose response contains it. @default every one */
  readonly answerUntil?: number;
  /** A worker of contract 1.0 supports it. */
  readonly first?: boolean;
}

/** Keeps the literal names of a table of actions. */
export function actions<const T extends Readonly<Record<string, ActionDeclaration>>>(table: T): T {
  return table;
}
