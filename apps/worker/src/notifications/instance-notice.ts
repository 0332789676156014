import type { TaskState, VmState } from '#libs/contracts';

/** The end of an event that did not succeed, in the words of nova's `.error` notifications. */
export interface NoticeFailure {
  readonly code: number;
  readonly message: string;
  readonly exception: string;
}

/** What an update tells beside the server. */
export interface StateUpdate {
  readonly states: {
    readonly old_state: VmState;
    readonly state: VmState;
    readonly old_task_state: TaskState;
    readonly new_task_state: TaskState;
  };
  /** The current month so far, as with nova's default audit period. */
  readonly period: { readonly begin: Date; readonly end: Date };
  readonly oldName?: string | undefined;
}

/** One event of a server, before it has the form of a notification. */
export interface InstanceNotice {
  /** `create.start`, `update`. */
  readonly what: string;
  /** nova's unversioned `create.end` says `Success`. */
  readonly message?: string;
  readonly failure?: NoticeFailure;
  readonly update?: StateUpdate;
}
