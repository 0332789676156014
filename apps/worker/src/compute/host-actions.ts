import type { VmState } from '#libs/contracts';
import type { Delivery } from '#libs/messaging';
import { getLogger } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import type { DriverOperation } from '../drivers/virt-driver.js';
import { beginEvent, endEvent } from '../instances/instance-actions.js';
import { faultOf, recordFault } from '../instances/instance-faults.js';
import type { Fault } from '../instances/instance-faults.js';
import type { InstanceLifecycle } from '../instances/instance-lifecycle.js';
import type { InstanceRow } from '../instances/instance-row.js';
import { changeInstance } from '../instances/instance-states.js';
import { isDatabaseAway, reachStep } from '../store/index.js';
import type { PostgresDeliveryLedger, Transaction } from '../store/index.js';
import { guestOf } from './guest.js';
import { isDue } from './steps/host-step.js';
import type { HostStepHandler, StepServices, StepWork } from './steps/host-step.js';
import { hostOfStep, hostSteps } from './steps/index.js';

const log = getLogger('albireo.compute');

const TERMINATE = 'compute_terminate_instance';

/** Runs the steps of actions on this host, and deletes its servers. */
export class HostActions {
  constructor(
    private readonly services: StepServices,
    private readonly ledger: PostgresDeliveryLedger,
    private readonly lifecycle: InstanceLifecycle,
  ) {}

  /** Runs a step. A step that is out of date, or that this version does not know, only completes its delivery. */
  async run(context: RequestContext, name: string, instanceId: string, delivery: Delivery): Promise<void> {
    const handler = Object.hasOwn(hostSteps, name) ? hostSteps[name] : undefined;
    const instance = await this.#load(instanceId);
    if (handler === undefined || instance === undefined || instance.deleted || !isDue(handler, instance)) {
      await this.#complete(delivery, `${name}.outdated`);
      return;
    }
    const { notices, store } = this.services;
    const host = await hostOfStep(store.db, name, instance);
    const work = { context, instance, guest: this.#guest(instance, host), operation: operationOf(delivery) };
    if (handler.event !== undefined) notices.tell(`${handler.event}.start`, instance);
    if (handler.record !== undefined) await beginEvent(store.db, context, instanceId, handler.record, host);
    let failure: Fault | null = null;
    reachStep('driver.before', name);
    try {
      await handler.run(this.services, work);
    } catch (error) {
      // If the database is unavailable, the next run tries again; the driver's own errors are final.
      if (delivery.signal.aborted || isDatabaseAway(error)) throw error;
      log.exception(error instanceof Error ? error : new Error(String(error)), `${name} of ${instanceId} failed`);
      failure = faultOf(error);
    }
    reachStep('driver.after', name);
    await this.#conclude(name, handler, work, delivery, failure);
  }

  /**
   * Removes the guest, frees its addresses and its host resources, and marks the server as deleted. A repeated call has
   * no further effect.
   */
  async terminate(context: RequestContext, instanceId: string, delivery: Delivery): Promise<void> {
    const { notices, store, driver } = this.services;
    const instance = await this.#load(instanceId);
    if (instance !== undefined && !instance.deleted) {
      notices.tell('delete.start', instance);
      await beginEvent(store.db, context, instanceId, TERMINATE, instance.host);
      reachStep('driver.before', 'destroy');
      await driver.destroy(this.#guest(instance), operationOf(delivery));
      reachStep('driver.after', 'destroy');
    }
    await store.transaction(
      async (tx) => {
        const isGone = await this.lifecycle.finishDelete(tx, instanceId);
        const after = { vm_state: 'deleted', task_state: null } as const;
        if (isGone && instance !== undefined) {
          await endEvent(tx, context, instanceId, TERMINATE);
          notices.changedAfter(tx, instance, after);
        }
        await this.ledger.completeIn(tx, delivery);
      },
      { name: 'terminate' },
    );
  }

  /** The last `length` lines of a console, or all of it; empty for a server that does not exist. */
  async consoleOutput(instanceId: string, length: number | null): Promise<string> {
    const instance = await this.#load(instanceId);
    if (instance === undefined) return '';
    const text = await this.services.driver.consoleOutput(this.#guest(instance));
    return length === null
      ? text
      : text
          .split('\n')
          .slice(Math.max(0, text.split('\n').length - length))
          .join('\n');
  }

  #conclude(
    name: string,
    handler: HostStepHandler,
    work: StepWork,
    delivery: Delivery,
    failure: Fault | null,
  ): Promise<void> {
    const { context, instance } = work;
    return this.services.store.transaction(
      async (tx) => {
        const isDone = await this.#finish(tx, handler, work, failure);
        const { record } = handler;
        if (isDone && record !== undefined) await endEvent(tx, context, instance.id, record, failure);
        await this.ledger.completeIn(tx, delivery);
      },
      { name },
    );
  }

  async #finish(tx: Transaction, handler: HostStepHandler, work: StepWork, failure: Fault | null): Promise<boolean> {
    const { instance } = work;
    const { id } = instance;
    const current = await tx
      .selectFrom('instances')
      .select(['task_state', 'task_arguments'])
      .where('id', '=', id)
      .where('deleted', '=', false)
      .forUpdate()
      .executeTakeFirst();
    if (current === undefined || !isDue(handler, current)) return false;
    const state = handler.errorOnFailure === true ? ('error' as const) : instance.vm_state;
    const changes =
      failure === null
        ? await handler.end(this.services, tx, work)
        : { vm_state: state, ...(await handler.fail?.(this.services, tx, work)) };
    if (handler.tasks === 'any') return true;
    await changeInstance(
      tx,
      instance.id,
      { task_state: handler.tasks },
      {
        task_state: null,
        task_arguments: null,
        ...changes,
      },
    );
    if (failure !== null) await recordFault(tx, instance.id, failure);
    this.#tell(tx, instance, handler, failure, changes);
    return true;
  }

  #tell(
    tx: Transaction,
    instance: InstanceRow,
    { event }: HostStepHandler,
    failure: Fault | null,
    changes: { readonly vm_state?: unknown; readonly task_state?: unknown },
  ): void {
    const { notices } = this.services;
    const { vm_state: state = instance.vm_state, task_state: task = null } = changes;
    notices.changedAfter(tx, instance, { vm_state: state as VmState, task_state: task as InstanceRow['task_state'] });
    if (event === undefined) return;
    if (failure === null) return notices.tellAfter(tx, `${event}.end`, instance.id);
    // nova sends an `.error` notification for few events only.
    if (!WITH_ERROR.has(event)) return;
    const exception = failure.details ?? failure.message;
    const { code, message } = failure;
    notices.failedAfter(tx, `${event}.error`, instance.id, { code, message, exception });
  }

  #load(instanceId: string): Promise<InstanceRow | undefined> {
    const { db } = this.services.store;
    return db.selectFrom('instances').selectAll().where('id', '=', instanceId).executeTakeFirst();
  }

  #complete(delivery: Delivery, name: string): Promise<void> {
    return this.services.store.transaction((tx) => this.ledger.completeIn(tx, delivery), { name });
  }

  #guest(instance: InstanceRow, host = instance.host): StepWork['guest'] {
    const { settings } = this.services;
    return guestOf(instance, host ?? settings.host, settings.instanceNameTemplate);
  }
}

const WITH_ERROR = new Set(['reboot', 'rebuild', 'resize', 'resize.prep', 'finish_resize']);

function operationOf(delivery: Delivery): DriverOperation {
  return { task: delivery.uniqueId, signal: delivery.signal };
}
