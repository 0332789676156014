import type { PortData, TaskState, VmState } from '#libs/contracts';
import type { InstanceNetworking } from '../instances/instance-networking.js';
import type { InstanceRow } from '../instances/instance-row.js';
import type { Store, Transaction } from '../store/index.js';
import { instancePayload } from './instance-payload.js';
import { neutronForm } from './neutron-form.js';
import type { Notices } from './notices.js';

/** `[notifications] notify_on_state_change`. */
export type StateChangeLevel = 'vm_state' | 'vm_and_task_state' | undefined;

/** The end of an event that did not succeed, in the words of nova's `.error` notifications. */
export interface NoticeFailure {
  readonly code: number;
  readonly message: string;
  readonly exception: string;
}

/** A server's states before a change. */
export interface StatesBefore {
  readonly id: string;
  readonly vm_state: VmState;
  readonly task_state: TaskState;
}

/** Tells the world of changes of servers: nova's unversioned `compute.instance.*`. */
export class InstanceNotices {
  constructor(
    private readonly notices: Notices,
    private readonly ports: Notices,
    private readonly store: Store,
    private readonly networking: InstanceNetworking,
    private readonly level: StateChangeLevel,
  ) {}

  /** `compute.instance.<what>`, now; `row` as the server is at this moment. */
  tell(what: string, row: InstanceRow): void {
    this.notices.send(`compute.instance.${what}`, row.id, () => instancePayload(row));
  }

  /** `compute.instance.<what>` once `tx` has committed, with the server and its addresses as they are then. */
  tellAfter(tx: Transaction, what: string, id: string, more: Record<string, unknown> = {}): void {
    if (!this.notices.enabled) return;
    this.store.afterCommit(tx, () => this.notices.send(`compute.instance.${what}`, id, () => this.#payload(id, more)));
  }

  failedAfter(tx: Transaction, what: string, id: string, failure: NoticeFailure): void {
    if (!this.notices.enabled) return;
    const tell = (): void =>
      this.notices.send(`compute.instance.${what}`, id, () => this.#payload(id, { ...failure }), 'error');
    this.store.afterCommit(tx, tell);
  }

  /**
   * `compute.instance.update` once `tx` has committed: of a changed state where `notify_on_state_change` wants it.
   * `after` names the states that are new.
   */
  changedAfter(
    tx: Transaction,
    before: StatesBefore,
    after: { readonly vm_state?: VmState; readonly task_state?: TaskState },
  ): void {
    const state = after.vm_state ?? before.vm_state;
    const task = after.task_state === undefined ? before.task_state : after.task_state;
    const isWanted =
      (this.level !== undefined && state !== before.vm_state) ||
      (this.level === 'vm_and_task_state' && task !== before.task_state);
    if (!isWanted) return;
    this.#update(tx, before.id, {
      old_state: before.vm_state,
      state,
      old_task_state: before.task_state,
      new_task_state: task,
    });
  }

  /** `compute.instance.update` of a server that was just accepted, with the words that nova has for it. */
  accepted({ id, vm_state: state, task_state: task }: InstanceRow): void {
    if (this.level === undefined) return;
    this.#sendUpdate(id, { old_state: state, state, old_task_state: task, new_task_state: task });
  }

  /** neutron's `port.create.end` for the ports that were made for a server. */
  portsMadeAfter(tx: Transaction, ports: readonly PortData[]): void {
    if (!this.ports.enabled) return;
    this.store.afterCommit(tx, () => {
      for (const port of ports) this.ports.send('port.create.end', port.id, () => ({ port: neutronForm(port) }));
    });
  }

  /** neutron's `port.delete.end` for the ports that went with a server. */
  portsGoneAfter(tx: Transaction, ids: readonly string[]): void {
    if (!this.ports.enabled) return;
    this.store.afterCommit(tx, () => {
      for (const id of ids) this.ports.send('port.delete.end', id, () => ({ port_id: id }));
    });
  }

  /** `compute.instance.update` for a change of its attributes. */
  editedAfter(tx: Transaction, before: InstanceRow, name: string): void {
    if (this.level === undefined) return;
    const { vm_state: state, task_state: task } = before;
    const states = { old_state: state, state, old_task_state: task, new_task_state: task };
    this.#update(tx, before.id, name === before.name ? states : { ...states, old_display_name: before.name });
  }

  #update(tx: Transaction, id: string, more: Record<string, unknown>): void {
    if (this.notices.enabled) this.store.afterCommit(tx, () => this.#sendUpdate(id, more));
  }

  #sendUpdate(id: string, more: Record<string, unknown>): void {
    const now = new Date();
    // The audit period is the current month so far, as with nova's default.
    const begin = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
    const period = { audit_period_beginning: pythonTime(begin), audit_period_ending: pythonTime(now), bandwidth: {} };
    this.notices.send('compute.instance.update', id, () => this.#payload(id, { ...more, ...period }));
  }

  /** Read after the commit and beside the operation; null for a server that nobody remembers. */
  async #payload(id: string, more: Record<string, unknown> = {}): Promise<Record<string, unknown> | null> {
    const { db } = this.store;
    const row = await db.selectFrom('instances').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined) return null;
    const addresses = await this.networking.addresses(db, [id]);
    return { ...instancePayload(row, addresses.get(id) ?? []), ...more };
  }
}

function pythonTime(time: Date): string {
  return time.toISOString().replace('Z', '000');
}
