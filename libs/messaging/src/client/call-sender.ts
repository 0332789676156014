import type { Span } from '#libs/telemetry';
import { addTraceHeaders, startSpan, traceOf } from '#libs/telemetry';
import { MessagingError } from '../errors.js';
import type { RpcInFlight, UnservedTopic } from '../transport/health.js';
import { bodyText } from '../wire/body-text.js';
import type { CallingBus } from '../transport/bus.js';
import { deadlineHeader, writeDeadline } from '../timing/deadline.js';
import type { ConsumerGroup, Frame, Inbound, QueueSpec, ReturnedFrame } from '../drivers/driver.js';
import type { IncomingReply } from '../wire/envelope.js';
import { encodeRequest, MalformedMessage } from '../wire/envelope.js';
import { CallWatch, firstPatience } from './call-watch.js';
import { codeOf, textOf } from '../wire/failure.js';
import type { CallRequest, PendingCall } from './pending-calls.js';
import { PendingCalls } from './pending-calls.js';
import { within } from '../timing/within.js';
import { WorkerCounts } from './worker-counts.js';

interface ReplyQueue {
  readonly queue: QueueSpec;
  readonly group: ConsumerGroup;
}

/** A read whose reply was lost is sent again; the broker keeps the reply of a change until it is consumed. */
interface ReplyQueues {
  readonly reads: ReplyQueue;
  readonly changes: ReplyQueue;
}

/** Sends calls, receives their replies, and makes sure that each call ends. */
export class CallSender {
  readonly #pending: PendingCalls;
  readonly #workers: WorkerCounts;
  readonly #watch: CallWatch;
  #replies: ReplyQueues | null = null;
  #repliesStarted = false;
  /** This library's name of a queue to its routing key, which is the name that a Python server gives the queue. */
  readonly #routingKeys = new Map<string, string>();
  #stopped = false;

  constructor(readonly core: CallingBus) {
    this.#pending = new PendingCalls(core.observer);
    const inspectQueue = (queue: string) => this.#inspect(queue);
    this.#workers = new WorkerCounts({ inspectQueue }, core.settings.workerGraceMs, () => core.changed());
    this.#watch = new CallWatch(core, this.#pending, this.#workers, (call) => this.#resend(call));
  }

  call(request: CallRequest): Promise<unknown> {
    const { core } = this;
    const routingKey = core.topology.routingKey(request.topic, request.server);
    const queue = core.topology.queueName(request.exchange, routingKey);
    this.#routingKeys.set(queue, routingKey);
    const deadlineAt = performance.now() + request.timeoutMs;
    const span = startSpan('client', `${request.topic}/${request.method}`, traceOf(request.context));
    span?.set('rpc.system.name', 'oslo.messaging');
    span?.set('rpc.method', span.name);
    if (core.driver.ready && this.#repliesStarted && this.#workers.isAlive(queue)) {
      return this.#send(request, routingKey, queue, deadlineAt, span);
    }
    return this.#prepareAndSend(request, routingKey, queue, deadlineAt, span);
  }

  get unserved(): readonly UnservedTopic[] {
    return this.#workers.unserved;
  }

  inFlight(): RpcInFlight[] {
    const now = performance.now();
    return [...this.#pending.values()].map(({ topic, method, requestId, startedAt }) => ({
      topic,
      method,
      requestId,
      ageSeconds: Math.round(now - startedAt) / 1000,
    }));
  }

  async #prepareAndSend(
    request: CallRequest,
    routingKey: string,
    queue: string,
    deadlineAt: number,
    span: Span | undefined,
  ): Promise<unknown> {
    const startedAt = performance.now();
    const { driver, settings, observer } = this.core;
    try {
      if (this.#stopped) throw new MessagingError('TransportStopped', 'the transport has been stopped');
      const graceMs = driver.state.everConnected ? settings.brokerGraceMs : settings.firstBrokerGraceMs;
      const waitMs = Math.min(request.timeoutMs, graceMs);
      await within(waitMs, this.#prepare(request, queue, startedAt + waitMs));
    } catch (error) {
      const code = codeOf(error);
      const outcome = code === 'NoWorker' ? 'no_worker' : 'unavailable';
      span?.end(code);
      observer.callStarted?.(request.topic);
      observer.callFinished?.(request.topic, request.method, outcome, performance.now() - startedAt, code);
      throw error;
    }
    return this.#send(request, routingKey, queue, deadlineAt, span);
  }

  /**
   * Everything that a call needs from the broker before it is sent; starts again when the connection is lost meanwhile.
   */
  async #prepare(request: CallRequest, queue: string, until: number): Promise<void> {
    const { driver } = this.core;
    const exchange = { exchange: request.exchange, exchangeType: 'topic' } as const;
    do {
      await driver.whenReady(until - performance.now());
      const { generation } = driver;
      try {
        await this.#startReplies(until - performance.now());
        const state = request.regardless === true ? 'unknown' : await this.#workers.state(queue);
        if (state === 'absent') throw this.#workers.noWorker(request.topic, queue);
        if (!driver.knowsExchange(exchange)) await driver.declareExchange(exchange);
      } catch (error) {
        if (error instanceof MessagingError) throw error;
        const lost = !driver.ready || driver.generation !== generation;
        if (!lost)
          throw new MessagingError('BrokerUnavailable', `the broker refused: ${textOf(error)}`, { cause: error });
      }
    } while (!driver.ready || !driver.knowsExchange(exchange));
  }

  #send(
    request: CallRequest,
    routingKey: string,
    queue: string,
    deadlineAt: number,
    span: Span | undefined,
  ): Promise<unknown> {
    const { core } = this;
    const { driver } = core;
    const msgId = core.ids.next();
    const uniqueId = core.ids.next();
    const encode = (replyQueue: string): string =>
      encodeRequest({
        method: request.method,
        args: request.args,
        namespace: request.namespace,
        version: request.version,
        uniqueId,
        context: request.context,
        call: { msgId, replyQueue, monitorSeconds: request.monitorSeconds },
      });
    const replyQueue = this.#queueFor(request.idempotent);
    const body = encode(replyQueue);
    core.checkSize(body, `the call ${request.topic}.${request.method}`);
    const startedAt = performance.now();
    const remainingMs = deadlineAt - startedAt;
    const headers: Record<string, string> = { [deadlineHeader]: writeDeadline(remainingMs) };
    addTraceHeaders(headers, span ?? traceOf(request.context));
    const frame: Frame = {
      exchange: request.exchange,
      exchangeType: 'topic',
      routingKey,
      body,
      headers,
      messageId: msgId,
      expirationMs: Math.max(1, Math.round(remainingMs)),
      mandatory: true,
      // A lost read is sent again; the outcome of a lost change would only be unknown.
      persistent: !request.idempotent,
    };
    return new Promise((resolve, reject) => {
      const call: PendingCall = {
        msgId,
        topic: request.topic,
        method: request.method,
        server: request.server,
        queue,
        timeoutMs: request.timeoutMs,
        requestId: request.context.request_id,
        startedAt,
        idempotent: request.idempotent,
        span,
        frame,
        encode,
        replyQueue,
        generation: driver.generation,
        connectionLost: false,
        surveyed: request.regardless !== true,
        missed: 0,
        patience: firstPatience,
        heard: 0,
        heardAt: 0,
        partial: null,
        monitor: null,
        slot: 0,
        expire: () => this.#pending.expire(call),
        resolve,
        reject,
      };
      core.observer.callStarted?.(request.topic);
      this.#pending.add(call, remainingMs);
      if (request.monitorSeconds !== null) this.#pending.watch(call, request.monitorSeconds * 1000);
      this.#watch.start();
      driver.send(frame);
    });
  }

  async #inspect(queue: string): Promise<{ consumers: number; messages: number } | null> {
    const found = await this.core.driver.inspectQueue(queue);
    const routingKey = this.#routingKeys.get(queue);
    if (found !== null || routingKey === undefined || routingKey === queue) return found;
    return this.core.driver.inspectQueue(routingKey);
  }

  async #startReplies(timeoutMs: number): Promise<void> {
    this.#replies ??= { reads: this.#consume('none'), changes: this.#consume('turn') };
    if (this.#repliesStarted) return;
    const { reads, changes } = this.#replies;
    await within(timeoutMs, Promise.all([reads.group.started, changes.group.started]));
    this.#repliesStarted = true;
  }

  #consume(acknowledge: 'none' | 'turn'): ReplyQueue {
    const { core } = this;
    const queue = core.topology.replyQueue(core.settings.controlExchange);
    const group = core.driver.consume(
      { queues: [queue], prefetch: 0, acknowledge, onChange: (consuming) => this.#changed(queue, consuming) },
      (message) => this.#receive(message),
    );
    core.reportConsumer(() => ({ name: queue.name, consuming: group.consuming }));
    return { queue, group };
  }

  #changed(queue: QueueSpec, consuming: boolean): void {
    this.core.changed();
    if (!consuming || this.#replies === null) return;
    // A queue whose node is down gets another name, and nobody receives replies sent to the old one.
    const idempotent = queue === this.#replies.reads.queue;
    for (const call of this.#pending.values()) {
      if (call.idempotent !== idempotent || call.replyQueue === queue.name) continue;
      if (idempotent) void this.#resend(call);
      else this.#watch.unknown(call, 'the queue of its reply is away with its node');
    }
  }

  #queueFor(idempotent: boolean): string {
    return this.#replies?.[idempotent ? 'reads' : 'changes'].queue.name ?? '';
  }

  /** The reply queue, once it is being consumed. Rejects with BrokerUnavailable. */
  async replyQueue(timeoutMs: number): Promise<string> {
    await this.#startReplies(timeoutMs);
    return this.#queueFor(false);
  }

  collect(msgId: string, collector: (reply: IncomingReply) => void): () => void {
    return this.#pending.collect(msgId, collector);
  }

  #receive(message: Inbound): void {
    try {
      this.#pending.accept(bodyText(message));
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      if (this.#pending.unreadable(error)) return;
      this.core.observer.requestDropped?.('reply', 'malformed');
      this.core.observer.warn?.('dropped a reply that cannot be read', { reason: error.message });
    }
  }

  returned(frame: ReturnedFrame): void {
    void this.#watch.returned(frame);
  }

  /** After a reconnection: repeatable calls are sent again, the others are marked as unknown. */
  connectionChanged(): void {
    const { driver } = this.core;
    if (!driver.ready) return;
    for (const call of this.#pending.values()) {
      if (call.generation === driver.generation) continue;
      call.generation = driver.generation;
      call.connectionLost = true;
      if (call.idempotent) void this.#resend(call);
    }
  }

  async #resend(call: PendingCall): Promise<void> {
    const { driver } = this.core;
    try {
      if (!driver.knowsExchange(call.frame)) await driver.declareExchange(call.frame);
      const remainingMs = Math.round(call.startedAt + call.timeoutMs - performance.now());
      if (remainingMs <= 0 || !driver.ready) return;
      const replyQueue = this.#queueFor(call.idempotent);
      if (replyQueue !== call.replyQueue) {
        call.frame = { ...call.frame, body: call.encode(replyQueue) };
        call.replyQueue = replyQueue;
      }
      const headers = { ...call.frame.headers, [deadlineHeader]: writeDeadline(remainingMs) };
      driver.send({ ...call.frame, headers, expirationMs: remainingMs });
    } catch (error) {
      // The next connection tries again; the call's deadline bounds it.
      this.core.observer.info?.('a call could not be sent again', { topic: call.topic, reason: String(error) });
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#watch.stop();
    this.#pending.failAll((call) =>
      call.idempotent
        ? new MessagingError('TransportStopped', 'the transport was stopped while the call waited')
        : new MessagingError('OutcomeUnknown', 'the transport was stopped while the call waited for its reply'),
    );
    await Promise.all([this.#replies?.reads.group.close(), this.#replies?.changes.group.close()]);
  }
}
