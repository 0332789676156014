import { Port, declarationOf } from '#libs/contracts';
import type { PortData, TaskState, VmState } from '#libs/contracts';
import { businessClock } from '#libs/simulation';
import { createContext, currentContext } from '#libs/telemetry';
import type { InstanceNetworking } from '../instances/instance-networking.js';
import { instanceName as nameOnHypervisor } from '../instances/instance-name.js';
import type { InstanceRow } from '../instances/instance-row.js';
import type { Store, Transaction } from '../store/index.js';
import { instancePayload } from './instance-payload.js';
import { neutronForm } from './resource-notices.js';
import type { InstanceNotice, NoticeFailure, StateUpdate } from './instance-payload.js';
import type { Notices } from './notices.js';
import { versionedPayload } from './versioned-payload.js';
import type { InstanceFacts } from './versioned-payload.js';

/** `[notifications] notify_on_state_change`. */
export type StateChangeLevel = 'vm_state' | 'vm_and_task_state' | undefined;

/** A server's states before a change. */
export interface StatesBefore {
  readonly id: string;
  readonly vm_state: VmState;
  readonly task_state: TaskState;
}

/** The destinations of notifications, by format; each may be disabled. */
export interface InstanceNoticeForms {
  /** nova's unversioned `compute.instance.*`. */
  readonly unversioned: Notices;
  /** nova's versioned `instance.*`. */
  readonly versioned: Notices;
  /** neutron's, for the ports that are created and deleted with servers. */
  readonly ports: Notices;
}

export interface InstanceNoticeSettings {
  readonly level: StateChangeLevel;
  /** `[DEFAULT] instance_name_template`. */
  readonly nameTemplate: string;
}

/** Sends notifications of changes to servers, in the formats that `[notifications] notification_format` selects. */
export class InstanceNotices {
  constructor(
    private readonly forms: InstanceNoticeForms,
    private readonly store: Store,
    private readonly networking: InstanceNetworking,
    private readonly settings: InstanceNoticeSettings,
  ) {}

  /** Sends `<what>` now; `row` is the current server. */
  tell(what: string, row: InstanceRow): void {
    const { unversioned } = this.forms;
    unversioned.send(`compute.instance.${what}`, row.id, () => instancePayload(row));
    this.#sendVersioned({ what }, row.id, () => this.#factsOf(row, what));
  }

  /** Sends `<what>` once `tx` has committed, with the server and its addresses at that time. */
  tellAfter(tx: Transaction, what: string, id: string, message?: string): void {
    this.#after(tx, { what, ...(message !== undefined && { message }) }, id);
  }

  failedAfter(tx: Transaction, what: string, id: string, failure: NoticeFailure): void {
    this.#after(tx, { what, failure }, id);
  }

  /**
   * Sends `update` once `tx` has committed, for a changed state if `notify_on_state_change` includes it. `after`
   * contains the new states.
   */
  changedAfter(
    tx: Transaction,
    before: StatesBefore,
    after: { readonly vm_state?: VmState; readonly task_state?: TaskState },
  ): void {
    const { level } = this.settings;
    const state = after.vm_state ?? before.vm_state;
    const task = after.task_state === undefined ? before.task_state : after.task_state;
    const isWanted =
      (level !== undefined && state !== before.vm_state) ||
      (level === 'vm_and_task_state' && task !== before.task_state);
    if (!isWanted) return;
    const { vm_state: oldState, task_state: oldTask } = before;
    this.#after(tx, update({ old_state: oldState, state, old_task_state: oldTask, new_task_state: task }), before.id);
  }

  /** Sends `update` for a server that was just accepted, with nova's text for it. */
  accepted(row: InstanceRow): void {
    if (this.settings.level !== undefined) this.#send(update(unchanged(row)), row.id);
  }

  /** Sends `update` for a change of its attributes. */
  editedAfter(tx: Transaction, before: InstanceRow, name: string): void {
    if (this.settings.level === undefined) return;
    this.#after(tx, update(unchanged(before), name === before.name ? undefined : before.name), before.id);
  }

  /** neutron's `port.create.end` for the ports that were created for a server. */
  portsMadeAfter(tx: Transaction, ports: readonly PortData[]): void {
    const { ports: notices } = this.forms;
    if (!notices.enabled) return;
    this.store.afterCommit(tx, () => {
      for (const port of ports) {
        notices.send('port.create.end', port.id, () => ({ port: neutronForm(declarationOf(Port), port) }));
      }
    });
  }

  /** neutron's `port.delete.end` for the ports that were deleted with a server. */
  portsGoneAfter(tx: Transaction, ids: readonly string[]): void {
    const { ports: notices } = this.forms;
    if (!notices.enabled) return;
    this.store.afterCommit(tx, () => {
      for (const id of ids) notices.send('port.delete.end', id, () => ({ port_id: id }));
    });
  }

  #after(tx: Transaction, notice: InstanceNotice, id: string): void {
    const { unversioned, versioned } = this.forms;
    if (unversioned.enabled || versioned.enabled) this.store.afterCommit(tx, () => this.#send(notice, id));
  }

  /**
   * Read after the commit and beside the operation, once for both formats; nothing is sent for a server that no longer
   * exists.
   */
  #send(notice: InstanceNotice, id: string): void {
    let read: Promise<InstanceFacts | null> | undefined;
    const facts = (): Promise<InstanceFacts | null> => (read ??= this.#facts(id, notice.what));
    const priority = notice.failure === undefined ? 'info' : 'error';
    const payload = async (): Promise<unknown> => {
      const found = await facts();
      return found && { ...instancePayload(found.row, found.addresses), ...unversionedDetails(notice) };
    };
    this.forms.unversioned.send(`compute.instance.${notice.what}`, id, payload, priority);
    this.#sendVersioned(notice, id, facts);
  }

  #sendVersioned(notice: InstanceNotice, id: string, facts: () => Promise<InstanceFacts | null>): void {
    const context = currentContext() ?? createContext();
    const payload = async (): Promise<unknown> => {
      const found = await facts();
      return found && versionedPayload(notice, found, context);
    };
    const priority = notice.failure === undefined ? 'info' : 'error';
    this.forms.versioned.send(`instance.${notice.what}`, id, payload, priority);
  }

  async #facts(id: string, what: string): Promise<InstanceFacts | null> {
    const row = await this.store.db.selectFrom('instances').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : this.#factsOf(row, what);
  }

  async #factsOf(row: InstanceRow, what: string): Promise<InstanceFacts> {
    const { db } = this.store;
    const { addresses } = await this.networking.networkInfo(db, [row]);
    const isCreation = what.startsWith('create.') && row.key_name !== null;
    const keypairs = isCreation
      ? await db
          .selectFrom('keypairs')
          .select(['user_id', 'name', 'public_key', 'fingerprint', 'type'])
          .where('user_id', '=', row.user_id)
          .where('name', '=', row.key_name)
          .execute()
      : [];
    const instanceName = nameOnHypervisor(this.settings.nameTemplate, row);
    return { row, addresses: addresses.get(row.id) ?? [], keypairs, instanceName };
  }
}

function unchanged({ vm_state: state, task_state: task }: InstanceRow): StateUpdate['states'] {
  return { old_state: state, state, old_task_state: task, new_task_state: task };
}

function update(states: StateUpdate['states'], oldName?: string): InstanceNotice {
  const end = businessClock.date();
  const begin = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth(), 1));
  return { what: 'update', update: { states, period: { begin, end }, oldName } };
}

/** Members of the unversioned payload beside the server. */
function unversionedDetails({ message, failure, update: change }: InstanceNotice): Record<string, unknown> {
  if (failure !== undefined) return { ...failure };
  if (change === undefined) return message === undefined ? {} : { message };
  const { states, period, oldName } = change;
  return {
    ...states,
    ...(oldName !== undefined && { old_display_name: oldName }),
    audit_period_beginning: pythonTime(period.begin),
    audit_period_ending: pythonTime(period.end),
    bandwidth: {},
  };
}

function pythonTime(time: Date): string {
  return time.toISOString().replace('Z', '000');
}
