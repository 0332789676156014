import type {
  ActionDeclaration,
  ActionStates,
  ServerActArgs,
  ServerActionArgs,
  ServerActionResultData,
} from '#libs/contracts';
import { actionOf, ExpectedError } from '#libs/contracts';
import { MessagingError, readInstance } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import { recordAction } from '../../instances/instance-actions.js';
import type { InstanceRow } from '../../instances/instance-row.js';
import { lockInstance } from '../../instances/instance-row.js';
import { changeInstance } from '../../instances/instance-states.js';
import type { Transaction } from '../../store/index.js';
import type { ActionOutcome, ActionServices, ServerOwner } from './actions/action-handler.js';
import { ownerOf } from './actions/action-handler.js';
import { deleteServer, softDeleteServer } from './actions/delete-server.js';
import { actionHandlers } from './actions/index.js';
import { authorizeServer, lockServer, requireUnlocked } from './load-server.js';
import { instanceNotReady, invalidState, neverLaunched } from './server-errors.js';
import { validateSync } from 'class-validator';

/**
 * Checks a body against its declaration, since RPC callers other than the gateway may send anything. Passwords are not
 * passed on, so a password that the API requires may be missing. Error: InvalidInput.
 */
function checkedBody({ key, body: bodyClass }: ActionDeclaration, body: object): Record<string, unknown> {
  if (bodyClass === undefined) return {};
  const instance = readInstance(bodyClass, body);
  const errors = validateSync(instance, { whitelist: true, stopAtFirstError: true });
  const found = errors.find(({ property }) => property !== 'adminPass');
  if (found !== undefined) throw new ExpectedError('InvalidInput', `${key}: ${found.property} is not valid`);
  return { ...instance };
}

/** Actions on existing servers: the task and the cast to the host are stored in one transaction. */
export class ServerActions {
  constructor(private readonly services: ActionServices) {}

  /** The three actions of version 1.0 of the contract. */
  async actFirst(context: RequestContext, { id, action, reboot_type: type }: ServerActionArgs): Promise<void> {
    const body = action === 'reboot' ? { body: { type: type ?? 'SOFT' } } : {};
    await this.act(context, { id, action, microversion: 1, ...body });
  }

  /** Errors: InstanceNotFound, InstanceInvalidState, Conflict (locked, or on no host), PolicyNotAuthorized, … */
  async act(context: RequestContext, args: ServerActArgs): Promise<ServerActionResultData> {
    const declared = actionOf(args.action);
    const handler = actionHandlers[args.action];
    const body = checkedBody(declared, args.body ?? {});
    const { store, authorizer, networking } = this.services;
    const begin = store.transaction(
      async (tx) => {
        const owner = handler?.hold === undefined ? undefined : await ownerOfServer(tx, args.id);
        const held = owner === undefined ? undefined : await handler?.hold?.(this.services, tx, owner);
        const ports = handler?.takesPorts === true ? await networking.holdPorts(tx, args.id) : undefined;
        const row = await lockServer(tx, authorizer, context, args.id);
        authorizer.authorize(context, 'compute', declared.rule, ownerOf(row));
        if (declared.evenLocked !== true) requireUnlocked(context, row);
        const states = declared.states?.(body) ?? declared;
        if (declared.hostFirst === true && row.host === null) throw instanceNotReady(row);
        checkState(row, args.action, states);
        if ((declared.needsHost ?? declared.step !== undefined) && row.host === null) throw instanceNotReady(row);
        if (declared.recorded !== undefined) await recordAction(tx, context, [row.id], declared.recorded);
        const hand = { tx, context, row, body, microversion: args.microversion, held, ports };
        const found = (await handler?.begin(this.services, hand)) ?? {};
        await this.#start(tx, context, row, args.action, states, found);
        return found;
      },
      { name: `server_${args.action}` },
    );
    const outcome = await begin.catch((error: unknown) => {
      // nova also refuses actions that its older hosts do not know: until all are upgraded, they are a conflict.
      if (!(error instanceof MessagingError) || error.code !== 'RPCVersionCapError') throw error;
      throw new ExpectedError('Conflict', 'Unsupported RPC version for compute. Required >= 1.1');
    });
    return outcome.after === undefined ? (outcome.result ?? {}) : outcome.after();
  }

  async #start(
    tx: Transaction,
    context: RequestContext,
    row: InstanceRow,
    action: ServerActArgs['action'],
    { task }: ActionStates,
    { changes, taskArguments, next }: ActionOutcome,
  ): Promise<void> {
    const { casts, notices } = this.services;
    const { step } = actionOf(action);
    if (task !== undefined || changes !== undefined) {
      const args = taskArguments === undefined ? null : JSON.stringify(taskArguments);
      const begun = task === undefined ? {} : { task_state: task, task_arguments: args };
      await changeInstance(tx, row.id, { task_state: [row.task_state] }, { ...begun, ...changes });
    }
    if (task !== undefined) notices.changedAfter(tx, row, { task_state: task });
    if (next !== undefined) await next();
    else if (step !== undefined && row.host !== null) {
      await casts.step(tx, context, row.host, action, { id: row.id, task_state: task ?? null });
    }
  }

  /** Deletes a server in any state, or defers the delete; deleting a server that is being deleted is no error. */
  async delete(context: RequestContext, id: string): Promise<void> {
    const { store, authorizer, reclaimInterval } = this.services;
    await store.transaction(
      async (tx) => {
        const row = await lockServer(tx, authorizer, context, id);
        authorizeServer(authorizer, context, row, 'delete');
        requireUnlocked(context, row);
        if (row.task_state === 'deleting' || row.task_state === 'soft-deleting') return;
        await recordAction(tx, context, [row.id], 'delete');
        const isAgain = row.vm_state === 'soft-delete' && row.task_state !== 'restoring';
        const isKept = reclaimInterval() > 0 && !isAgain && hasGuest(row);
        const remove = isKept ? softDeleteServer : deleteServer;
        await remove(this.services, tx, context, row);
      },
      { name: 'server_delete' },
    );
  }

  /** Carries out a deferred delete whose time has passed. Does nothing if the server was restored meanwhile. */
  async reclaim(context: RequestContext, id: string): Promise<void> {
    await this.services.store.transaction(
      async (tx) => {
        const row = await lockInstance(tx, id);
        if (row?.vm_state !== 'soft-delete' || row.task_state !== null) return;
        await recordAction(tx, context, [id], 'delete');
        await deleteServer(this.services, tx, context, row);
      },
      { name: 'server_reclaim' },
    );
  }
}

/** Whether a deferred delete has anything to restore: not of a server that never ran, or that leaves or joins its host. */
function hasGuest({ host, launched_at: launched, vm_state: state, task_state: task }: InstanceRow): boolean {
  return host !== null && launched !== null && state !== 'shelved_offloaded' && task !== 'shelving_offloading';
}

function ownerOfServer(tx: Transaction, id: string): Promise<ServerOwner | undefined> {
  return tx.selectFrom('instances').select(['project_id', 'user_id']).where('id', '=', id).executeTakeFirst();
}

function checkState(row: InstanceRow, action: ServerActArgs['action'], { from, tasks = [null] }: ActionStates): void {
  const name = methodName(actionOf(action), action);
  if (from !== undefined && !from.includes(row.vm_state)) throw invalidState(row, name, 'vm_state');
  if (tasks !== 'any' && !tasks.includes(row.task_state)) throw invalidState(row, name, 'task_state');
  // A server that never ran has nothing to act on, whatever state an administrator has set.
  if (from !== undefined && row.launched_at === null) throw neverLaunched(row, name);
}

/** The action's name in nova's texts: the key, without the prefix of the old extensions. */
function methodName({ key }: ActionDeclaration, action: string): string {
  return action === 'start' || action === 'stop' ? action : key;
}
