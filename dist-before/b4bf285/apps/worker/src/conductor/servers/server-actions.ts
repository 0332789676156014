import type { ServerActionArgs, TaskState, VmState } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { InstanceCasts } from '../../instances/instance-casts.js';
import type { InstanceLifecycle } from '../../instances/instance-lifecycle.js';
import type { InstanceRow } from '../../instances/instance-row.js';
import { changeInstance } from '../../instances/instance-states.js';
import type { InstanceNotices } from '../../notifications/instance-notices.js';
import type { Authorizer } from '../../policy/authorizer.js';
import type { Store, Transaction } from '../../store/index.js';
import { authorizeServer, lockServer } from './load-server.js';
import { instanceLocked, instanceNotReady, invalidState } from './server-errors.js';

/** When an action is allowed, and what it makes the server's task. */
interface ActionRule {
  readonly task: TaskState;
  readonly vmStates: readonly VmState[];
  readonly taskStates: readonly TaskState[];
}

const rules: Readonly<Record<'start' | 'stop' | 'reboot_soft' | 'reboot_hard', ActionRule>> = {
  start: { task: 'powering-on', vmStates: ['stopped'], taskStates: [null] },
  stop: { task: 'powering-off', vmStates: ['active', 'error'], taskStates: [null] },
  reboot_soft: { task: 'rebooting', vmStates: ['active'], taskStates: [null] },
  // A hard reboot is what one does when a soft one hangs.
  reboot_hard: {
    task: 'rebooting_hard',
    vmStates: ['active', 'stopped', 'error'],
    taskStates: [null, 'rebooting', 'rebooting_hard'],
  },
};

/** What is done to a server that exists: its task and the cast to its host are one transaction. */
export class ServerActions {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
    private readonly lifecycle: InstanceLifecycle,
    private readonly casts: InstanceCasts,
    private readonly notices: InstanceNotices,
  ) {}

  /** Errors: InstanceNotFound, InstanceInvalidState, Conflict (locked, or on no host), PolicyNotAuthorized. */
  async act(context: RequestContext, args: ServerActionArgs): Promise<void> {
    await this.store.transaction(
      async (tx) => {
        const row = await lockServer(tx, this.authorizer, context, args.id);
        authorizeServer(this.authorizer, context, row, args.action);
        requireUnlocked(context, row);
        const kind = args.reboot_type ?? 'SOFT';
        const rule =
          args.action === 'reboot' ? rules[kind === 'SOFT' ? 'reboot_soft' : 'reboot_hard'] : rules[args.action];
        checkState(row, args.action, rule);
        if (row.host === null) throw instanceNotReady(row);
        await changeInstance(tx, row.id, { task_state: rule.taskStates }, { task_state: rule.task });
        this.notices.changedAfter(tx, row, { task_state: rule.task });
        if (args.action === 'reboot') {
          await this.casts.reboot(tx, context, row.host, { instance_uuid: row.id, reboot_type: kind });
        } else {
          await this.casts.toHost(tx, context, row.host, `${args.action}_instance`, row.id);
        }
      },
      { name: `server_${args.action}` },
    );
  }

  /** Deletes at any moment; to delete what is being deleted is no error. */
  async delete(context: RequestContext, id: string): Promise<void> {
    await this.store.transaction(
      async (tx) => {
        const row = await lockServer(tx, this.authorizer, context, id);
        authorizeServer(this.authorizer, context, row, 'delete');
        requireUnlocked(context, row);
        if (row.task_state !== 'deleting') await this.#delete(tx, context, row);
      },
      { name: 'server_delete' },
    );
  }

  async #delete(tx: Transaction, context: RequestContext, row: InstanceRow): Promise<void> {
    if (row.host === null) {
      // On no host: nobody else has to do anything, and a build on its way finds the server gone.
      this.notices.tellAfter(tx, 'delete.start', row.id);
      await this.lifecycle.finishDelete(tx, row.id);
      this.notices.changedAfter(tx, row, { vm_state: 'deleted', task_state: null });
      return;
    }
    await changeInstance(tx, row.id, { task_state: [row.task_state] }, { task_state: 'deleting', progress: 0 });
    this.notices.changedAfter(tx, row, { task_state: 'deleting' });
    await this.casts.toHost(tx, context, row.host, 'terminate_instance', row.id);
  }
}

function checkState(row: InstanceRow, method: string, rule: ActionRule): void {
  if (!rule.vmStates.includes(row.vm_state)) throw invalidState(row, method, 'vm_state');
  if (!rule.taskStates.includes(row.task_state)) throw invalidState(row, method, 'task_state');
}

/** Error: Conflict, unless the caller is an administrator. */
export function requireUnlocked(context: RequestContext, row: InstanceRow): void {
  if (row.locked && !context.is_admin) throw instanceLocked(row);
}
