import { addTraceHeaders, startSpan, traceOf } from '#libs/telemetry';
import type { RequestContext, Span } from '#libs/telemetry';
import { MessagingError } from '../errors.js';
import type { RpcInFlight } from '../messaging-report.js';
import { bodyText } from './body-text.js';
import { deadlineHeader, writeDeadline } from './deadline.js';
import type { ConsumerGroup, Frame, Inbound, QueueSpec, ReturnedFrame } from './driver.js';
import { encodeRequest, MalformedMessage } from './envelope.js';
import type { IncomingReply } from './envelope.js';
import { codeOf, textOf } from './failure.js';
import { PendingCalls } from './pending-calls.js';
import type { PendingCall } from './pending-calls.js';
import type { TransportCore } from './transport-core.js';
import { within } from './within.js';
import { WorkerCounts } from './worker-counts.js';

export interface CallRequest {
  readonly exchange: string;
  readonly topic: string;
  readonly server: string | undefined;
  readonly namespace: string | null;
  readonly version: string;
  readonly method: string;
  readonly args: object | null;
  readonly context: RequestContext;
  readonly timeoutMs: number;
  readonly idempotent: boolean;
  readonly monitorSeconds: number | null;
  /** Sent whatever is known of the topic's consumers. */
  readonly regardless?: true;
}

const lookEveryMs = 500;
/** The most that any broker carries; what we send ourselves has a lower limit. */
const replyLimitBytes = 128 * 1024 * 1024;
const returnedRetryMs = 100;

/** Sends calls, brings their replies back, and sees to it that each of them ends. */
export class CallSender {
  readonly #pending: PendingCalls;
  readonly #workers: WorkerCounts;
  #replies: { readonly queue: QueueSpec; readonly group: ConsumerGroup } | null = null;
  #repliesStarted = false;
  /** Our name of a queue to its routing key, which is a Python server's name of it. */
  readonly #routingKeys = new Map<string, string>();
  #watch: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(readonly core: TransportCore) {
    this.#pending = new PendingCalls(core.observer);
    const inspectQueue = (queue: string) => this.#inspect(queue);
    this.#workers = new WorkerCounts({ inspectQueue }, core.settings.workerGraceMs);
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

  /** All that a call needs of the broker before it is sent; begins again when the connection goes meanwhile. */
  async #prepare(request: CallRequest, queue: string, until: number): Promise<void> {
    const { driver } = this.core;
    const exchange = { exchange: request.exchange, exchangeType: 'topic' } as const;
    do {
      await driver.whenReady(until - performance.now());
      const { generation } = driver;
      try {
        await this.#startReplies(until - performance.now());
        const state = request.regardless === true ? 'unknown' : await this.#workers.state(queue);
        if (state === 'absent') throw this.#noWorker(request.topic, queue);
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
    const body = encodeRequest({
      method: request.method,
      args: request.args,
      namespace: request.namespace,
      version: request.version,
      uniqueId: core.ids.next(),
      context: request.context,
      call: { msgId, replyQueue: this.#replies?.queue.name ?? '', monitorSeconds: request.monitorSeconds },
    });
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
      // A lost read is sent again; a lost change would only be known as unknown.
      persistent: !request.idempotent,
    };
    return new Promise((resolve, reject) => {
      const call: PendingCall = {
        msgId,
        topic: request.topic,
        method: request.method,
        queue,
        timeoutMs: request.timeoutMs,
        requestId: request.context.request_id,
        startedAt,
        idempotent: request.idempotent,
        span,
        frame,
        generation: driver.generation,
        connectionLost: false,
        heard: false,
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
      this.#watch ??= setInterval(() => void this.#lookAtWorkers(), lookEveryMs).unref();
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
    const { core } = this;
    if (this.#replies === null) {
      const queue = core.topology.replyQueue(core.settings.controlExchange);
      const group = core.driver.consume(
        { queues: [queue], prefetch: 0, acknowledge: 'turn', onChange: () => core.changed() },
        (message) => this.#receive(message),
      );
      this.#replies = { queue, group };
      core.reportConsumer(() => ({ name: queue.name, consuming: group.consuming }));
    }
    if (this.#repliesStarted) return;
    await within(timeoutMs, this.#replies.group.started);
    this.#repliesStarted = true;
  }

  /** The queue that replies come to, once it is consumed from. Rejects with BrokerUnavailable. */
  async replyQueue(timeoutMs: number): Promise<string> {
    await this.#startReplies(timeoutMs);
    return this.#replies?.queue.name ?? '';
  }

  collect(msgId: string, collector: (reply: IncomingReply) => void): () => void {
    return this.#pending.collect(msgId, collector);
  }

  #receive(message: Inbound): void {
    try {
      this.#pending.accept(bodyText(message, replyLimitBytes));
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.core.observer.requestDropped?.('reply', 'malformed');
      this.core.observer.warn?.('dropped a reply that cannot be read', { reason: error.message });
    }
  }

  /** The broker found no queue for a call: nobody has it, so it may be sent again while a worker may come back. */
  returned(frame: ReturnedFrame): void {
    const call = this.#pending.get(frame.messageId);
    if (call === undefined) return;
    this.#workers.forget(call.queue);
    if (this.#workers.wasAlive(call.queue)) {
      setTimeout(() => {
        if (this.#pending.get(call.msgId) === call) void this.#resend(call);
      }, returnedRetryMs);
    } else this.#pending.fail(call, this.#noWorker(call.topic, call.queue), 'no_worker');
  }

  /** After a reconnection: what may be repeated is sent again, the rest is marked as unknown. */
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
    const { frame } = call;
    try {
      if (!driver.knowsExchange(frame)) await driver.declareExchange(frame);
      const remainingMs = Math.round(call.startedAt + call.timeoutMs - performance.now());
      if (remainingMs <= 0 || !driver.ready) return;
      const headers = { ...frame.headers, [deadlineHeader]: writeDeadline(remainingMs) };
      driver.send({ ...frame, headers, expirationMs: remainingMs });
    } catch (error) {
      // The next connection tries again; the call's deadline bounds it.
      this.core.observer.info?.('a call could not be sent again', { topic: call.topic, reason: String(error) });
    }
  }

  async #lookAtWorkers(): Promise<void> {
    if (this.#pending.size === 0) {
      if (this.#watch !== null) clearInterval(this.#watch);
      this.#watch = null;
      return;
    }
    const olderThan = performance.now() - lookEveryMs;
    const waiting = [...this.#pending.values()].filter((call) => !call.heard && call.startedAt < olderThan);
    for (const queue of new Set(waiting.map((call) => call.queue))) {
      if ((await this.#workers.state(queue, lookEveryMs)) !== 'absent') continue;
      if (!this.#workers.isConfirmedAbsent(queue, lookEveryMs)) continue;
      for (const call of waiting) {
        if (call.queue !== queue || call.heard) continue;
        if (call.idempotent) this.#pending.fail(call, this.#noWorker(call.topic, queue), 'no_worker');
        else {
          const text = `${call.topic}.${call.method}: the last worker went away before it answered; whether it ran is not known`;
          this.#pending.fail(call, new MessagingError('OutcomeUnknown', text), 'unknown');
        }
      }
    }
  }

  #noWorker(topic: string, queue: string): MessagingError {
    return new MessagingError('NoWorker', `no worker serves the topic "${topic}" (queue "${queue}" has no consumer)`);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#pending.failAll((call) =>
      call.idempotent
        ? new MessagingError('TransportStopped', 'the transport was stopped while the call waited')
        : new MessagingError('OutcomeUnknown', 'the transport was stopped while the call waited for its reply'),
    );
    await this.#replies?.group.close();
  }
}
