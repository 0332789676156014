import { RpcClient } from '#libs/messaging';
import type { Transport } from '#libs/messaging';
import {
  ConsoleConnection,
  ConsoleOutput,
  ExpectedError,
  SERVER_ACTION_NAMES,
  actionOf,
  computeContract,
  schedulerContract,
} from '#libs/contracts';
import type { ConsoleConnectArgs, ConsoleConnectionData } from '#libs/contracts';
import type { ComputeContract, HostStep, SchedulerContract, TaskState } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Outbox, Transaction } from '../store/index.js';

/** Sends servers through their steps: each step is a cast, stored in the outbox together with the step before it. */
export class InstanceCasts {
  readonly #outbox: Outbox;
  readonly #scheduler: RpcClient<SchedulerContract>;
  readonly #compute: RpcClient<ComputeContract>;

  constructor(outbox: Outbox, transport: Transport) {
    this.#outbox = outbox;
    this.#scheduler = new RpcClient(transport, schedulerContract);
    this.#compute = new RpcClient(transport, computeContract, {
      rebuildError: (error) => ExpectedError.fromRemote(error),
    });
  }

  /** Resolves when running workers have reported their RPC versions. Never rejects. */
  async learnVersions(): Promise<void> {
    await Promise.all([this.#scheduler, this.#compute].map((client) => client.learnVersions()));
  }

  /** The first step of a build: to any scheduler. */
  schedule(tx: Transaction, context: RequestContext, id: string): Promise<void> {
    return this.#outbox.add(tx, this.#scheduler.serializeCast(context, 'select_destination', { instance_uuid: id }));
  }

  /** Sends a step to the server's host. */
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

  /** Sends a step of an action to the host, in the form that the oldest workers know. */
  step(
    tx: Transaction,
    context: RequestContext,
    host: string,
    step: string,
    { id, task_state: task }: { readonly id: string; readonly task_state: TaskState },
  ): Promise<void> {
    const first = FIRST_STEPS[step];
    if (first === 'reboot_instance') {
      const args = {
        instance_uuid: id,
        reboot_type: task === 'rebooting_hard' ? ('HARD' as const) : ('SOFT' as const),
      };
      return this.#outbox.add(tx, this.#compute.serializeCast(context, first, args, { server: host }));
    }
    if (first !== undefined) return this.toHost(tx, context, host, first, id);
    const args = { instance_uuid: id, step };
    return this.#outbox.add(tx, this.#compute.serializeCast(context, 'act_on_instance', args, { server: host }));
  }

  /** The text of a guest's console: the last `length` lines, or all for null. */
  async consoleOutput(context: RequestContext, host: string, id: string, length: number | null): Promise<string> {
    const args = { instance_uuid: id, length };
    const answer = await this.#compute.call(context, 'get_console_output', args, { server: host });
    return ConsoleOutput.unwrap(answer).output;
  }

  /** The current address of a guest's console. */
  async console(context: RequestContext, host: string, wanted: ConsoleConnectArgs): Promise<ConsoleConnectionData> {
    return ConsoleConnection.unwrap(await this.#compute.call(context, 'get_console', wanted, { server: host }));
  }
}

/** The steps of version 1.0 of the compute contract. */
const FIRST_STEPS: Readonly<Record<string, HostStep['method']>> = Object.fromEntries(
  SERVER_ACTION_NAMES.map((name) => [name, actionOf(name).step?.method]),
);
