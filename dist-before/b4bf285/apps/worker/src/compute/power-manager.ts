import { POWER_STATE } from '#libs/contracts';
import type { TaskState, VmState } from '#libs/contracts';
import type { Delivery } from '#libs/messaging';
import { getLogger } from '#libs/telemetry';
import type { DriverOperation, GuestDescription, VirtDriver } from '../drivers/virt-driver.js';
import { faultOf, recordFault } from '../instances/instance-faults.js';
import type { InstanceLifecycle } from '../instances/instance-lifecycle.js';
import type { InstanceRow } from '../instances/instance-row.js';
import type { InstanceNotices } from '../notifications/instance-notices.js';
import { changeInstance } from '../instances/instance-states.js';
import { reachStep } from '../store/index.js';
import type { PostgresDeliveryLedger, Store, Transaction } from '../store/index.js';
import type { ComputeSettings } from './compute-settings.js';
import { guestOf } from './guest.js';

const log = getLogger('albireo.compute');

/** One thing that is done to a server that exists. */
interface PowerChange {
  readonly name: string;
  /** Its notifications, as `power_on` in nova's `compute.instance.power_on.start`. */
  readonly event: 'power_on' | 'power_off' | 'reboot';
  /** The task that the conductor set; any other means that the cast is out of date. */
  readonly tasks: readonly TaskState[];
  readonly vmState: 'active' | 'stopped';
  readonly powerState: number;
  /** Whether a failure leaves the server in ERROR, as nova's does. */
  readonly errorOnFailure: boolean;
  run(guest: GuestDescription, operation: DriverOperation): Promise<void>;
}

/** Start, stop, reboot and the end of servers on this host. */
export class PowerManager {
  constructor(
    private readonly store: Store,
    private readonly ledger: PostgresDeliveryLedger,
    private readonly driver: VirtDriver,
    private readonly lifecycle: InstanceLifecycle,
    private readonly settings: ComputeSettings,
    private readonly notices: InstanceNotices,
  ) {}

  start(instanceId: string, delivery: Delivery): Promise<void> {
    return this.#change(instanceId, delivery, {
      name: 'start',
      event: 'power_on',
      tasks: ['powering-on'],
      vmState: 'active',
      powerState: POWER_STATE.RUNNING,
      errorOnFailure: false,
      run: (guest, operation) => this.driver.powerOn(guest, operation),
    });
  }

  stop(instanceId: string, delivery: Delivery): Promise<void> {
    return this.#change(instanceId, delivery, {
      name: 'stop',
      event: 'power_off',
      tasks: ['powering-off'],
      vmState: 'stopped',
      powerState: POWER_STATE.SHUTDOWN,
      errorOnFailure: false,
      run: (guest, operation) => this.driver.powerOff(guest, operation),
    });
  }

  reboot(instanceId: string, kind: 'SOFT' | 'HARD', delivery: Delivery): Promise<void> {
    return this.#change(instanceId, delivery, {
      name: 'reboot',
      event: 'reboot',
      tasks: [kind === 'SOFT' ? 'rebooting' : 'rebooting_hard'],
      vmState: 'active',
      powerState: POWER_STATE.RUNNING,
      errorOnFailure: true,
      run: (guest, operation) => this.driver.reboot(guest, kind, operation),
    });
  }

  /** Removes the guest, frees its addresses and its room, and marks the server as deleted: once, whoever repeats it. */
  async terminate(instanceId: string, delivery: Delivery): Promise<void> {
    const instance = await this.#load(instanceId);
    if (instance !== undefined && !instance.deleted) {
      this.notices.tell('delete.start', instance);
      reachStep('driver.before', 'destroy');
      await this.driver.destroy(this.#guest(instance), operationOf(delivery));
      reachStep('driver.after', 'destroy');
    }
    await this.store.transaction(
      async (tx) => {
        const isGone = await this.lifecycle.finishDelete(tx, instanceId);
        const after = { vm_state: 'deleted', task_state: null } as const;
        if (isGone && instance !== undefined) this.notices.changedAfter(tx, instance, after);
        await this.ledger.completeIn(tx, delivery);
      },
      { name: 'terminate' },
    );
  }

  async #change(instanceId: string, delivery: Delivery, change: PowerChange): Promise<void> {
    const instance = await this.#load(instanceId);
    if (instance === undefined || instance.deleted || !change.tasks.includes(instance.task_state)) {
      await this.store.transaction((tx) => this.ledger.completeIn(tx, delivery), { name: `${change.name}.outdated` });
      return;
    }
    let failure: { readonly error: unknown } | null = null;
    this.notices.tell(`${change.event}.start`, instance);
    reachStep('driver.before', change.name);
    try {
      await change.run(this.#guest(instance), operationOf(delivery));
    } catch (error) {
      if (delivery.signal.aborted) throw error;
      log.exception(
        error instanceof Error ? error : new Error(String(error)),
        `${change.name} of ${instanceId} failed`,
      );
      failure = { error };
    }
    reachStep('driver.after', change.name);
    await this.#conclude(instance, delivery, change, failure);
  }

  #conclude(
    instance: InstanceRow,
    delivery: Delivery,
    change: PowerChange,
    failure: { readonly error: unknown } | null,
  ): Promise<void> {
    const after =
      failure === null
        ? { vm_state: change.vmState, power_state: change.powerState }
        : { vm_state: change.errorOnFailure ? ('error' as const) : instance.vm_state };
    return this.store.transaction(
      async (tx) => {
        const expected = { task_state: change.tasks };
        const changed = await changeInstance(tx, instance.id, expected, { task_state: null, ...after });
        if (changed && failure !== null) await recordFault(tx, instance.id, faultOf(failure.error));
        await this.ledger.completeIn(tx, delivery);
        if (changed) this.#tell(tx, instance, change, failure, after.vm_state);
      },
      { name: change.name },
    );
  }

  #tell(
    tx: Transaction,
    instance: InstanceRow,
    change: PowerChange,
    failure: { readonly error: unknown } | null,
    state: VmState,
  ): void {
    this.notices.changedAfter(tx, instance, { vm_state: state, task_state: null });
    if (failure === null) return this.notices.tellAfter(tx, `${change.event}.end`, instance.id);
    // nova has an `.error` of reboots alone.
    if (change.event !== 'reboot') return;
    const fault = faultOf(failure.error);
    const exception = fault.details ?? fault.message;
    this.notices.failedAfter(tx, 'reboot.error', instance.id, { code: fault.code, message: fault.message, exception });
  }

  #load(instanceId: string): Promise<InstanceRow | undefined> {
    return this.store.db.selectFrom('instances').selectAll().where('id', '=', instanceId).executeTakeFirst();
  }

  #guest(instance: InstanceRow): GuestDescription {
    return guestOf(instance, this.settings.host, this.settings.instanceNameTemplate);
  }
}

function operationOf(delivery: Delivery): DriverOperation {
  return { task: delivery.uniqueId, signal: delivery.signal };
}
