import { runWithContext } from '#libs/telemetry';
import { enterTrace } from './request-trace.js';
import type { RpcInFlight } from '../transport/health.js';
import { bodyText } from '../wire/body-text.js';
import { presenceNamespace } from './built-in-endpoints.js';
import { CastRunner } from './cast-runner.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { ageOf, deadlineHeader, exchangeHeader, readDeadline, sentHeader } from '../timing/deadline.js';
import type { Dispatcher, Served } from './dispatcher.js';
import type { Inbound } from '../drivers/driver.js';
import { DuplicateWindow } from './duplicate-window.js';
import { reachStep, reachStepWhenWritten } from '../drivers/durable-step.js';
import { deserializeArguments } from '../wire/entity-mapping.js';
import type { IncomingRequest } from '../wire/envelope.js';
import { decodeRequest, MalformedMessage } from '../wire/envelope.js';
import { codeOf, DispatchError, isExpected, textOf, toFailure } from '../wire/failure.js';
import { NewerCasts } from './newer-casts.js';
import { Parking } from './parking.js';
import { ReplySender } from './reply-sender.js';
import type { Work } from './work.js';
import { RequestDelivery } from './work.js';
import type { RunnerOptions } from './runner-options.js';
import { refuseUnstorableText } from '../wire/storable-text.js';
import type { TransportCore } from '../transport/transport-core.js';
import { within } from '../timing/within.js';

/** How long a refusal waits for the caller's reply queue when nothing else is known about the caller. */
const refusalMs = 5_000;
const tellEveryMs = 1_000;

/** Handles each message of a server: reads it, refuses or drops it, acknowledges it, runs it, answers it. */
export class RequestRunner {
  readonly replies: ReplySender;
  readonly parking: Parking;
  readonly #limit: ConcurrencyLimit;
  readonly #leave = (): void => this.#limit.leave();
  readonly #seen = new DuplicateWindow();
  readonly #works = new Map<string, Work>();
  readonly #casts: CastRunner;
  readonly #newer = new NewerCasts();
  #stopping = false;
  #onIdle: (() => void) | null = null;

  constructor(
    readonly core: TransportCore,
    readonly dispatcher: Dispatcher,
    readonly options: RunnerOptions,
  ) {
    this.replies = new ReplySender(core);
    this.parking = new Parking(core, options.exchange, options.topic);
    this.#limit = new ConcurrencyLimit(options.concurrency);
    this.#casts = new CastRunner(this, core.settings, options.ledger);
  }

  get inFlight(): number {
    return this.#works.size;
  }

  report(): RpcInFlight[] {
    const now = performance.now();
    return [...this.#works.values()].map(({ request, sinceMs }) => ({
      topic: this.options.topic,
      method: request.method,
      requestId: request.context.request_id,
      ageSeconds: Math.round(now - sinceMs) / 1000,
    }));
  }

  /** Which of these calls this server has taken and not yet answered. Their replies go to `replyQueue` from now on. */
  holding(messageIds: readonly string[], replyQueue: string): readonly string[] {
    const asked = new Set(messageIds);
    const held: string[] = [];
    for (const { request } of this.#works.values()) {
      if (request.msgId === null || !asked.has(request.msgId)) continue;
      request.replyQueue = replyQueue;
      held.push(request.msgId);
    }
    return held;
  }

  receive(message: Inbound): void {
    if (this.#stopping) return message.requeue();
    const fanout = message.queue.kind === 'fanout';
    if (fanout) {
      const sender = message.headers[exchangeHeader];
      // All control exchanges of a virtual host share one fanout exchange; Python senders do not name theirs.
      if (sender !== undefined && sender !== this.options.exchange) return this.#drop(message, 'foreign_exchange');
    }
    let request: IncomingRequest;
    try {
      request = decodeRequest(bodyText(message));
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      return this.#malformed(message, error);
    }
    this.#accept(message, request, fanout);
  }

  /** A waiting caller gets an answer; a message that nobody waits for is parked. */
  #malformed(message: Inbound, error: MalformedMessage): void {
    this.core.observer.requestDropped?.(this.options.topic, 'malformed');
    const { asked } = error;
    if (asked === null) return void this.parking.park([message], error.message, 1);
    const deadlineAt = performance.now() + refusalMs;
    const failure = new DispatchError('InvalidArguments', error.message).toRemoteFailure();
    this.replies.failure({ request: asked, deadlineAt }, failure, () => message.ack());
  }

  #accept(message: Inbound, request: IncomingRequest, fanout: boolean): void {
    const { topic } = this.options;
    const uniqueId = request.uniqueId ?? this.core.ids.next();
    const running = this.#works.get(uniqueId);
    if (running !== undefined) {
      this.core.observer.requestDropped?.(topic, 'duplicate');
      running.messages.push(message);
      return;
    }
    const deadlineAt = this.#deadline(message, request);
    if (deadlineAt <= performance.now()) return this.#drop(message, 'expired');
    let served: Served;
    try {
      served = this.dispatcher.find(request.namespace, request.version, request.method);
    } catch (error) {
      return this.#refuse(message, request, error, deadlineAt);
    }
    if (!isRepeatable({ request, served }) && this.#seen.has(uniqueId)) return this.#drop(message, 'duplicate');
    const work: Work = {
      request,
      uniqueId,
      served,
      messages: [message],
      sinceMs: performance.now(),
      deadlineAt,
      fanout,
      state: 'waiting',
      attempts: 1,
      delivery: null,
      span: undefined,
      timer: null,
    };
    this.#works.set(uniqueId, work);
    // Questions about this server's presence and its calls are answered however busy it is.
    if (request.namespace === presenceNamespace) this.#run(work, () => undefined);
    else this.enqueue(work);
  }

  #deadline(message: Inbound, request: IncomingRequest): number {
    const header = readDeadline(message.headers[deadlineHeader], this.core.settings.clockSkewToleranceMs);
    if (header === null) {
      // A Python caller says only how long the broker may keep the message: the deadline is that time from now.
      const usable = request.msgId !== null && message.expirationMs !== null;
      return usable ? performance.now() + (message.expirationMs ?? 0) : Infinity;
    }
    if (header.skewMs !== null) {
      this.core.observer.warn?.("a caller's clock is ahead; only its budget counts", { skew_ms: header.skewMs });
    }
    return performance.now() + header.remainingMs;
  }

  /** Queues work until a slot is free. */
  enqueue(work: Work): void {
    this.#limit.enter(() => {
      if (this.#works.get(work.uniqueId) !== work) return this.#limit.leave();
      if (work.deadlineAt <= performance.now()) {
        this.#limit.leave();
        this.core.observer.requestDropped?.(this.options.topic, 'expired');
        return this.finish(work, 'ack');
      }
      this.#run(work, this.#leave);
    });
  }

  #run(work: Work, leave: () => void): void {
    work.state = 'running';
    if (work.request.msgId !== null) return this.#runCall(work, leave);
    const run = this.#casts.run(work);
    run.catch((error: unknown) => this.#broken(work, error)).finally(leave);
  }

  /** The hot path: callbacks instead of async functions, each of which costs the process two promises. */
  #runCall(work: Work, leave: () => void): void {
    const { request, served } = work;
    if (!served.method.idempotent) {
      // Acknowledged before it runs, as in oslo: the caller learns of a loss and decides.
      reachStep('ack.before', request.method);
      for (const message of work.messages) message.ack();
      reachStepWhenWritten('ack.after', request.method);
      this.#seen.add(work.uniqueId);
    }
    const beat = request.monitorSeconds > 0 ? request.monitorSeconds * 500 : 0;
    const heartbeat = beat > 0 ? setInterval(() => this.replies.heartbeat(work), beat) : null;
    const startedAt = performance.now();
    const succeeded = (result: unknown): void => {
      if (heartbeat !== null) clearInterval(heartbeat);
      this.#ended(work, startedAt, null);
      this.replies.result(work, result, () => this.finish(work, 'ack'));
      // The slot is free for the next request while the broker confirms the reply.
      leave();
    };
    const failed = (error: unknown): void => {
      if (heartbeat !== null) clearInterval(heartbeat);
      this.#ended(work, startedAt, { error });
      this.replies.failure(work, toFailure(error), () => this.finish(work, 'ack'));
      leave();
    };
    let running: Promise<unknown>;
    try {
      running = this.#start(work);
    } catch (error) {
      return failed(error);
    }
    running.then(succeeded, failed).catch((error: unknown) => this.#broken(work, error));
  }

  /** Checks the arguments and runs the handler; records metrics and logs an unexpected error. */
  async execute(work: Work, token?: string): Promise<unknown> {
    const startedAt = performance.now();
    let failure: { readonly error: unknown } | null = null;
    try {
      return await this.#start(work, token);
    } catch (error) {
      failure = { error };
      throw error;
    } finally {
      this.#ended(work, startedAt, failure);
    }
  }

  #start(work: Work, token?: string): Promise<unknown> {
    const { request, served, uniqueId, deadlineAt, attempts } = work;
    const redelivered = work.messages[0]?.redelivered ?? false;
    const delivery = new RequestDelivery(uniqueId, request.method, redelivered, deadlineAt, attempts, token);
    work.delivery = delivery;
    this.core.observer.requestStarted?.(this.options.topic, request.method, redelivered);
    const { serializer, callerPolicy, backport, storableTexts } = this.options;
    const context = serializer?.deserializeContext?.(request.context) ?? request.context;
    callerPolicy?.admit(context, served.method, request.method);
    enterTrace(work, this.options.topic, context);
    const waited = ageOf(work.messages[0]?.headers ?? {});
    if (waited !== null) this.core.observer.requestWaited?.(this.options.topic, waited);
    if (storableTexts) refuseUnstorableText(request);
    const args = deserializeArguments(serializer, context, served.check(request.args));
    const { contract } = served;
    const run = (): Promise<unknown> => served.run(context, args, delivery);
    let running = runWithContext(context, () => this.#intercepted(work, run));
    if (backport !== null && request.version !== contract.version) {
      running = running.then((result) => backport(contract, request.version, result));
    }
    if (serializer?.serializeEntity === undefined) return running;
    return running.then((result) => serializer.serializeEntity?.(context, result));
  }

  #intercepted(
    { request, served, uniqueId, deadlineAt, messages }: Work,
    run: () => Promise<unknown>,
  ): Promise<unknown> {
    const { interceptor, topic } = this.options;
    if (interceptor === null || !this.options.served.includes(served.contract)) return run();
    const headers = messages[0]?.headers ?? {};
    const sent = headers[sentHeader];
    const sentMs = typeof sent === 'string' && Number.isFinite(Number(sent)) ? Number(sent) : null;
    const isCast = request.msgId === null;
    return interceptor({ topic, method: request.method, isCast, uniqueId, sentMs, headers, deadlineAt }, run);
  }

  #ended(work: Work, startedAt: number, failure: { readonly error: unknown } | null): void {
    const { observer } = this.core;
    const { topic } = this.options;
    const { method, context } = work.request;
    if (failure !== null) {
      const { error } = failure;
      // In the context of the request, so that the log line has its ids.
      runWithContext(context, () => {
        if (isExpected(error)) {
          observer.info?.(`expected exception in ${topic}.${method}`, { reason: textOf(error) });
        } else observer.error?.(`exception in ${topic}.${method}`, error);
      });
    }
    work.delivery?.end();
    const code = failure === null ? '' : codeOf(failure.error);
    work.span?.end(code);
    observer.requestFinished?.(topic, method, failure === null, performance.now() - startedAt, code);
  }

  /** Ends work: settles its message and all its copies. */
  finish(work: Work, how: 'ack' | 'requeue'): void {
    if (this.#works.get(work.uniqueId) !== work) return;
    this.#works.delete(work.uniqueId);
    if (work.timer !== null) clearTimeout(work.timer);
    if (how === 'ack' && !isRepeatable(work)) this.#seen.add(work.uniqueId);
    const { method, msgId } = work.request;
    // A call that changes something was acknowledged before it ran.
    const acks = how === 'ack' && (msgId === null || isRepeatable(work));
    if (acks) reachStep('ack.before', method);
    for (const message of work.messages) {
      if (how === 'ack') message.ack();
      else message.requeue();
    }
    if (acks) reachStepWhenWritten('ack.after', method);
    if (this.#works.size === 0) this.#onIdle?.();
  }

  /** Ends work whose message cannot be run: it is parked; a fanout is dropped. */
  async park(work: Work, reason: string): Promise<void> {
    if (work.fanout) {
      this.core.observer.requestDropped?.(this.options.topic, 'invalid');
      return this.finish(work, 'ack');
    }
    await this.parking.park(work.messages, reason, work.attempts);
    this.#works.delete(work.uniqueId);
    if (this.#works.size === 0) this.#onIdle?.();
  }

  /** Runs work again later; until then it counts as not started. */
  again(work: Work, delayMs: number): void {
    work.state = 'waiting';
    if (this.#stopping) return this.finish(work, 'requeue');
    work.timer = setTimeout(() => {
      work.timer = null;
      this.enqueue(work);
    }, delayMs);
  }

  #refuse(message: Inbound, request: IncomingRequest, error: unknown, deadlineAt: number): void {
    const { observer } = this.core;
    observer.info?.(`refused a request for ${this.options.topic}.${request.method}`, { reason: String(error) });
    if (request.msgId === null) {
      observer.requestDropped?.(this.options.topic, 'invalid');
      if (message.queue.kind === 'fanout') message.ack();
      else if (!this.dispatcher.isNewer(request.namespace, request.version) || !this.#newer.handBack(message, request))
        void this.parking.park([message], String(error), 1);
      return;
    }
    message.ack();
    this.replies.failure({ request, deadlineAt }, toFailure(error), () => undefined);
  }

  #broken(work: Work, error: unknown): void {
    this.core.observer.error?.(`the server failed around ${work.request.method}`, error);
    this.finish(work, work.request.msgId === null ? 'requeue' : 'ack');
  }

  #drop(message: Inbound, reason: 'expired' | 'duplicate' | 'foreign_exchange'): void {
    this.core.observer.requestDropped?.(this.options.topic, reason);
    message.ack();
  }

  /** Requeues work that has not started, lets the rest finish within the time, then aborts it. */
  async stop(deadlineMs: number): Promise<void> {
    this.#stopping = true;
    this.replies.stop();
    this.#newer.stop();
    for (const work of this.#works.values()) {
      if (work.state === 'waiting') this.finish(work, 'requeue');
    }
    this.#tellCallers();
    const telling = setInterval(() => this.#tellCallers(), tellEveryMs);
    // A message that is being parked would otherwise also stay in its queue.
    await Promise.all([this.#idle(deadlineMs), within(deadlineMs, this.parking.idle()).catch(() => undefined)]);
    clearInterval(telling);
    const reason = new Error('the server stops');
    for (const work of this.#works.values()) work.delivery?.abort(reason);
    if (this.#works.size > 0) await this.#idle(1_000);
  }

  /**
   * A stopping server no longer receives the clients' questions about their calls: it reports by itself which ones it
   * still runs.
   */
  #tellCallers(): void {
    for (const work of this.#works.values()) {
      if (work.request.msgId !== null) this.replies.heartbeat(work);
    }
  }

  async #idle(timeoutMs: number): Promise<void> {
    if (this.#works.size === 0) return;
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    await within(timeoutMs, idle).catch(() => undefined);
    this.#onIdle = null;
  }
}

/** A read may run again, so it is not looked up in the window of duplicates. */
function isRepeatable({ request, served }: Pick<Work, 'request' | 'served'>): boolean {
  return request.msgId !== null && served.method.idempotent;
}
