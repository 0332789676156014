import { createContext } from '#libs/telemetry';
import { MessagingError, RemoteError } from '../errors.js';
import { presenceNamespace, presenceVersion } from '../server/built-in-endpoints.js';
import type { CallingBus } from '../transport/bus.js';
import type { ReturnedFrame } from '../drivers/driver.js';
import { textOf } from '../wire/failure.js';
import type { CallRequest, PendingCall, PendingCalls } from './pending-calls.js';
import { askServers } from './server-survey.js';
import { within } from '../timing/within.js';
import type { WorkerCounts } from './worker-counts.js';

const lookEveryMs = 500;
const returnedRetryMs = 100;
/** Answered calls are younger; for an older one the servers are asked which of them has it. */
const unsureAfterMs = 1_000;
const surveyEveryMs = 1_000;
/** A server that is stopping reports this often that it still runs a call. */
const heardForMs = 3_500;
/** This many surveys in a row must miss a call: it may be between the queue and a server during one of them. */
const missedLimit = 2;
/**
 * This many surveys must miss a read, or a change whose connection was lost, when some server does not answer: a quorum
 * queue counts the consumers of a node that is down as long as it is down. The number doubles each time, since a server
 * that cannot answer may be running the call.
 */
export const firstPatience = 4;

/** Sends a call again, unchanged. */
type Resend = (call: PendingCall) => Promise<void>;

/**
 * Watches waiting calls: whether any server consumes their topic, and whether any server still has them. A lost call
 * that may run twice is sent again; for any other the caller gets the error that the outcome is not known.
 */
export class CallWatch {
  #timer: NodeJS.Timeout | null = null;
  /** Running or recent surveys, by queue: when the last one began. */
  readonly #surveys = new Map<string, { startedAt: number; running: boolean }>();
  /** Queues whose lost binding is being restored. */
  readonly #binding = new Map<string, Promise<boolean>>();

  constructor(
    readonly core: CallingBus,
    readonly pending: PendingCalls,
    readonly workers: WorkerCounts,
    readonly resend: Resend,
  ) {}

  start(): void {
    this.#timer ??= setInterval(() => void this.#look(), lookEveryMs).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /**
   * The broker found no queue for a call, so no server has it. A queue that has lost its binding is bound again, and
   * the call is sent once more; it is also sent again when its server may be restarting.
   */
  async returned(frame: ReturnedFrame): Promise<void> {
    const call = this.pending.get(frame.messageId);
    if (call === undefined) return;
    this.workers.forget(call.queue);
    const bound = await this.#bind(call);
    if (this.pending.get(call.msgId) !== call) return;
    if (bound) return this.resend(call);
    if (this.workers.wasAlive(call.queue)) {
      setTimeout(() => {
        if (this.pending.get(call.msgId) === call) void this.resend(call);
      }, returnedRetryMs);
      return;
    }
    await this.workers.state(call.queue);
    this.pending.fail(call, this.workers.noWorker(call.topic, call.queue), 'no_worker');
  }

  /** True when the queue exists and is bound; one attempt for all calls to it. */
  #bind({ queue, frame }: PendingCall): Promise<boolean> {
    let binding = this.#binding.get(queue);
    if (binding === undefined) {
      const { driver, observer } = this.core;
      binding = within(surveyEveryMs, driver.bindExisting(queue, frame.exchange, frame.routingKey))
        .then((bound) => {
          if (bound) observer.warn?.(`queue "${queue}" was not bound to exchange "${frame.exchange}": bound again`);
          return bound;
        })
        .catch((error: unknown) => {
          observer.info?.('a queue could not be bound again', { queue, reason: textOf(error) });
          return false;
        })
        .finally(() => this.#binding.delete(queue));
      this.#binding.set(queue, binding);
    }
    return binding;
  }

  async #look(): Promise<void> {
    if (this.pending.size === 0) return this.stop();
    const now = performance.now();
    const waiting = [...this.pending.values()].filter(
      (call) => now - call.startedAt > lookEveryMs && !isHeard(call, now),
    );
    for (const queue of new Set(waiting.map((call) => call.queue))) await this.#lookAtWorkers(queue, waiting);
    const unsure = waiting.filter((call) => call.surveyed && now - call.startedAt > unsureAfterMs);
    const byQueue = new Map<string, PendingCall[]>();
    for (const call of unsure) byQueue.set(call.queue, [...(byQueue.get(call.queue) ?? []), call]);
    for (const [queue, calls] of byQueue) void this.#survey(queue, calls);
  }

  /** Fails the calls of a topic that has no worker left. */
  async #lookAtWorkers(queue: string, waiting: readonly PendingCall[]): Promise<void> {
    if ((await this.workers.state(queue, lookEveryMs)) !== 'absent') return;
    if (!this.workers.isConfirmedAbsent(queue, lookEveryMs)) return;
    for (const call of waiting) {
      if (call.queue !== queue || isHeard(call, performance.now())) continue;
      if (call.idempotent) this.pending.fail(call, this.workers.noWorker(call.topic, queue), 'no_worker');
      else this.unknown(call, 'the last worker went away before it answered');
    }
  }

  async #survey(queue: string, calls: readonly PendingCall[]): Promise<void> {
    const [first] = calls;
    const state = this.#surveys.get(queue) ?? { startedAt: -Infinity, running: false };
    if (first === undefined || state.running || performance.now() - state.startedAt < surveyEveryMs) return;
    this.#surveys.set(queue, state);
    state.running = true;
    state.startedAt = performance.now();
    try {
      const found = await this.#heldOf(first, calls);
      if (found === null) return;
      for (const call of calls) {
        if (this.pending.get(call.msgId) !== call) continue;
        if (found.held.has(call.msgId)) call.missed = 0;
        else if (found.complete || call.idempotent || call.connectionLost) call.missed += 1;
        if (call.missed < (found.complete ? missedLimit : call.patience)) continue;
        if (!found.complete) call.patience *= 2;
        this.#lost(call);
      }
    } catch (error) {
      this.core.driver.doubt();
      this.core.observer.info?.('the servers could not be asked for calls', { queue, reason: textOf(error) });
    } finally {
      state.running = false;
    }
  }

  /**
   * Ids of those calls that some server has, and whether all servers have answered; null when no server has any of
   * them, a server does not know the question, or the queue is not empty yet.
   */
  async #heldOf(
    call: PendingCall,
    calls: readonly PendingCall[],
  ): Promise<{ readonly held: ReadonlySet<string>; readonly complete: boolean } | null> {
    const { core } = this;
    const { topic, frame } = call;
    const { exchange } = frame;
    // Messages sent before this one have left the queue when it is answered.
    if (!(await passes(core, presenceCall(exchange, topic, call.server)))) {
      core.driver.doubt();
      return null;
    }
    const ids = calls.map(({ msgId }) => msgId);
    const { answers, refused, complete } = await askServers(
      core,
      {
        exchange,
        topic,
        method: 'holding',
        version: presenceVersion,
        args: (replyQueue) => ({ message_ids: ids, reply_queue: replyQueue }),
      },
      (result) => (Array.isArray(result) ? result : undefined),
    );
    if (answers.length === 0 || refused > 0) return null;
    return { held: new Set(answers.flat().filter((id) => typeof id === 'string')), complete };
  }

  #lost(call: PendingCall): void {
    call.missed = 0;
    this.core.observer.warn?.(`${call.topic}.${call.method}: no server has the request any more`, {
      message_id: call.msgId,
      request_id: call.requestId,
      outcome: call.idempotent ? 'sent again' : 'unknown',
    });
    if (call.idempotent) void this.resend(call);
    else this.unknown(call, 'no server has the request any more, and no reply came');
  }

  /** Ends a change for which it is not known whether it ran. */
  unknown(call: PendingCall, why: string): void {
    const text = `${call.topic}.${call.method}: ${why}; whether it ran is not known`;
    this.pending.fail(call, new MessagingError('OutcomeUnknown', text), 'unknown');
  }
}

/**
 * A server has reported that it runs the call: at any time if it is an older server that reports only once, otherwise
 * recently.
 */
function isHeard(call: PendingCall, now: number): boolean {
  return call.heard === 1 || (call.heard > 1 && now - call.heardAt < heardForMs);
}

/** A question that each Albireo server answers at once, however busy it is. */
export function presenceCall(exchange: string, topic: string, server: string | undefined): CallRequest {
  return {
    exchange,
    topic,
    server,
    namespace: presenceNamespace,
    version: '1.0',
    method: 'present',
    args: null,
    context: createContext(),
    timeoutMs: 2_000,
    idempotent: true,
    monitorSeconds: null,
    regardless: true,
  };
}

/** Whether a question reaches a server; a refusal counts as an answer. */
export async function passes(core: CallingBus, question: CallRequest): Promise<boolean> {
  try {
    await core.calls.call(question);
    return true;
  } catch (error) {
    return error instanceof RemoteError;
  }
}
