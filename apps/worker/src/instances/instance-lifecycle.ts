import type { Transaction } from '../store/index.js';
import type { InstanceNotices } from '../notifications/instance-notices.js';
import { recordFault } from './instance-faults.js';
import type { Fault } from './instance-faults.js';
import type { InstanceRow } from './instance-row.js';
import type { InstanceNetworking } from './instance-networking.js';
import { endMovesOf } from './instance-moves.js';
import { changeInstance, clock } from './instance-states.js';

/** Ends of a server's life that several topics use. */
export class InstanceLifecycle {
  readonly #networking: InstanceNetworking;
  readonly #notices: InstanceNotices;

  constructor(networking: InstanceNetworking, notices: InstanceNotices) {
    this.#networking = networking;
    this.#notices = notices;
  }

  /**
   * Ends a build that cannot succeed: the server goes to ERROR with a fault, and its ports and its claim on a host are
   * released, as in nova. Returns false, and changes nothing, if the server is no longer being built.
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

  /**
   * For a build that failed on a host and may succeed on another: releases the host's resources and sends the server to
   * the scheduler again, which leaves out the hosts that were tried. Its ports stay and are bound to the next host.
   * Returns false, and changes nothing, if the server is no longer being built.
   */
  async reschedule(tx: Transaction, instance: InstanceRow, fault: Fault): Promise<boolean> {
    const { id, host, request_spec: spec } = instance;
    const tried = [...(spec.tried_hosts ?? []), ...(host === null ? [] : [host])];
    const changed = await changeInstance(
      tx,
      id,
      { vm_state: ['building'], task_state: ['networking', 'spawning'] },
      {
        task_state: 'scheduling',
        host: null,
        node: null,
        request_spec: JSON.stringify({ ...spec, tried_hosts: tried }),
      },
    );
    if (!changed) return false;
    await tx.deleteFrom('allocations').where('instance_id', '=', id).execute();
    await recordFault(tx, id, fault);
    this.#notices.changedAfter(tx, instance, { task_state: 'scheduling' });
    return true;
  }

  /** Marks the server as deleted, and frees its addresses and its host's resources. False if it was deleted before. */
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
    const instance = await tx
      .selectFrom('instances')
      .select(['id', 'project_id'])
      .where('id', '=', instanceId)
      .executeTakeFirstOrThrow();
    this.#notices.portsGoneAfter(tx, await this.#networking.deallocate(tx, instance));
    await tx.deleteFrom('allocations').where('instance_id', '=', instanceId).execute();
    await endMovesOf(tx, instanceId);
  }
}
