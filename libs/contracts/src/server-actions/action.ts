import type { TaskState, VmState } from '../conductor/server-states.js';

/** Who may do it by default, in the words of nova's policies. */
export type ActionAudience = 'member' | 'manager' | 'admin';

/** What the server's compute host does, and what the server is afterwards. */
export interface HostStep {
  /** Its notifications `compute.instance.<event>.start` and `.end`. */
  readonly event: string;
  /** As the instance action's event is called: `compute_pause_instance`. */
  readonly record: string;
  /** Absent: the state that it had. */
  readonly vmState?: VmState;
  readonly powerState?: number;
  /** Whether a failure leaves the server in ERROR, as nova's does. @default false: the state that it had */
  readonly errorOnFailure?: boolean;
  /** The method of the compute host's contract 1.0 that does it; others go through `act_on_instance`. */
  readonly method?: 'start_instance' | 'stop_instance' | 'reboot_instance';
}

/** When an action is allowed, and what it makes the server's task. */
export interface ActionStates {
  /** @default every state */
  readonly from?: readonly VmState[];
  /** `any`: whatever is being done to the server. @default nothing may be */
  readonly tasks?: readonly TaskState[] | 'any';
  /** The server's task from then on. @default none: the action is done at once */
  readonly task?: NonNullable<TaskState>;
}

/** A body of an action: decorated by class-validator, constructed without parameters. */
export type ActionBodyClass = new () => object;

/**
 * One action of a server. Of it come: the key of `POST /servers/{id}/action`, the check of its body in both halves, the
 * policy rule, the check of lock and states, the instance action and its event, notifications, the cast to the host,
 * and its repair when it was lost.
 */
export interface ActionDeclaration extends ActionStates {
  /** The one key of the request's body: `os-start`. Of an action with a route of its own: what nova's texts call it. */
  readonly key: string;
  /** The route of its own that it has, as policy files write it. @default it is a key of `POST /servers/{id}/action` */
  readonly operation?: string;
  readonly rule: string;
  readonly allowed: ActionAudience;
  /** What the rule's documentation says. */
  readonly description: string;
  /** First and last N of the microversions 2.N that have the action. */
  readonly since?: number;
  readonly until?: number;
  /** The value under the key. Absent: anything, as nova takes `null` and whatever else. */
  readonly body?: ActionBodyClass;
  /** N of the first microversion that looks at the value. @default every one */
  readonly bodySince?: number;
  /** Whether `null` stands for an empty body. */
  readonly nullable?: boolean;
  /** `select` of states by the body, where they differ. */
  readonly states?: (body: object) => ActionStates;
  /** Whether it may be done to a server that is locked. @default false */
  readonly evenLocked?: boolean;
  /** Whether the server must be on a host. @default where there is a step */
  readonly needsHost?: boolean;
  /** How nova calls it in os-instance-actions. Absent: it is not recorded, or its handler decides. */
  readonly recorded?: string;
  readonly step?: HostStep;
  /** @default 202 */
  readonly status?: 200 | 202 | 204;
  /**
   * What the answer holds: `password` an `adminPass`, which is told and kept nowhere; `server` the server as it is then,
   * with a password; `output` the console's text; `image` the id of the image that is made; `port` that of the port that
   * was attached; `console` the URL of a console. @default nothing
   */
  readonly answer?: 'password' | 'server' | 'output' | 'image' | 'port' | 'console';
  /** N of the last microversion whose answer holds it. @default every one */
  readonly answerUntil?: number;
  /** A worker of contract 1.0 knows it. */
  readonly first?: boolean;
}

/** Keeps the literal names of a table of actions. */
export function actions<const T extends Readonly<Record<string, ActionDeclaration>>>(table: T): T {
  return table;
}
