import type { Transaction } from '../store/index.js';
import type { InstanceNotices } from '../notifications/instance-notices.js';
import { recordFault } from './instance-faults.js';
import type { Fault } from './instance-faults.js';
import type { InstanceNetworking } from './instance-networking.js';
import { changeInstance, clock } from './instance-states.js';

/** The two ends that several topics may bring a server to. */
export class InstanceLifecycle {
  readonly #networking: InstanceNetworking;
  readonly #notices: InstanceNotices;

  constructor(networking: InstanceNetworking, notices: InstanceNotices) {
    this.#networking = networking;
    this.#notices = notices;
  }

  /**
   * A build that cannot succeed: ERROR with a fault, its ports and its claim on a host given back, as nova does.
   * False, and nothing done, when the server is no longer being built.
   */
  async failBuild(tx: Transaction, instanceId: string, fault: Fault): Promise<boolean> {
    const changed = await changeInstance(
      tx,
      instanceId,
      { vm_state: ['building'], task_state: ['scheduling', 'networking', 'spawning'] },
      { vm_state: 'error', task_state: null, host: null, node: null, power_state: 0, progress: 0 },
    );
    if (!changed) return false;
    await this.#release(tx, instanceId);
    await recordFault(tx, instanceId, fault);
    const exception = fault.details ?? fault.message;
    this.#notices.failedAfter(tx, 'create.error', instanceId, { code: fault.code, message: fault.message, exception });
    this.#notices.changedAfter(
      tx,
      { id: instanceId, vm_state: 'building', task_state: 'spawning' },
      { vm_state: 'error', task_state: null },
    );
    return true;
  }

  /** The server is gone: its addresses and its host's room are free. False when it was gone before. */
  async finishDelete(tx: Transaction, instanceId: string): Promise<boolean> {
    const result = await tx
      .updateTable('instances')
      .set({
        vm_state: 'deleted',
        task_state: null,
        power_state: 0,
        deleted: true,
        terminated_at: clock,
        updated_at: clock,
      })
      .where('id', '=', instanceId)
      .where('deleted', '=', false)
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) return false;
    await this.#release(tx, instanceId);
    this.#notices.tellAfter(tx, 'delete.end', instanceId);
    return true;
  }

  async #release(tx: Transaction, instanceId: string): Promise<void> {
    this.#notices.portsGoneAfter(tx, await this.#networking.deallocate(tx, instanceId));
    await tx.deleteFrom('allocations').where('instance_id', '=', instanceId).execute();
  }
}
