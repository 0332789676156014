import { RpcClient } from '#libs/messaging';
import type { Transport } from '#libs/messaging';
import { computeContract, conductorContract, schedulerContract } from '#libs/contracts';
import type { ComputeContract, ConductorContract, SchedulerContract } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Outbox, Transaction } from '../store/index.js';

/** The steps that a server is sent through: each is a cast, stored in the outbox with the step before it. */
export class InstanceCasts {
  readonly #outbox: Outbox;
  readonly #conductor: RpcClient<ConductorContract>;
  readonly #scheduler: RpcClient<SchedulerContract>;
  readonly #compute: RpcClient<ComputeContract>;

  constructor(outbox: Outbox, transport: Transport) {
    this.#outbox = outbox;
    this.#conductor = new RpcClient(transport, conductorContract);
    this.#scheduler = new RpcClient(transport, schedulerContract);
    this.#compute = new RpcClient(transport, computeContract);
  }

  /** First step of a build: to any conductor. */
  build(tx: Transaction, context: RequestContext, id: string): Promise<void> {
    const args = { instance_uuid: id };
    return this.#outbox.add(tx, this.#conductor.serializeCast(context, 'schedule_and_build_instance', args));
  }

  /** Second step of a build: to any scheduler. */
  schedule(tx: Transaction, context: RequestContext, id: string): Promise<void> {
    return this.#outbox.add(tx, this.#scheduler.serializeCast(context, 'select_destination', { instance_uuid: id }));
  }

  /** Something that the server's host does. */
  toHost(
    tx: Transaction,
    context: RequestContext,
    host: string,
    method: 'build_and_run_instance' | 'start_instance' | 'stop_instance' | 'terminate_instance',
    id: string,
  ): Promise<void> {
    const message = this.#compute.serializeCast(context, method, { instance_uuid: id }, { server: host });
    return this.#outbox.add(tx, message);
  }

  reboot(
    tx: Transaction,
    context: RequestContext,
    host: string,
    args: { readonly instance_uuid: string; readonly reboot_type: 'SOFT' | 'HARD' },
  ): Promise<void> {
    return this.#outbox.add(tx, this.#compute.serializeCast(context, 'reboot_instance', args, { server: host }));
  }
}
