import type { RequestContext, Span } from '#libs/telemetry';
import { MessagingError, RemoteError } from '../errors.js';
import type { CallOutcome, MessagingObserver } from '../transport/messaging-observer.js';
import { decodeReply } from '../wire/envelope.js';
import type { IncomingReply, MalformedMessage } from '../wire/envelope.js';
import type { Frame } from '../drivers/driver.js';
import { codeOf, parseFailure } from '../wire/failure.js';
import { TimerWheel } from '../timing/timer-wheel.js';
import type { Expiring } from '../timing/timer-wheel.js';

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
  /** Sent without a check for consumers of the topic. */
  readonly regardless?: true;
}

export interface PendingCall extends Expiring {
  readonly msgId: string;
  readonly topic: string;
  readonly method: string;
  readonly server: string | undefined;
  readonly queue: string;
  readonly requestId: string;
  readonly timeoutMs: number;
  readonly startedAt: number;
  readonly idempotent: boolean;
  readonly span: Span | undefined;
  /** For a call that is sent again. */
  frame: Frame;
  /** The body of its request with another queue for the reply. Throws Unserializable. */
  readonly encode: (replyQueue: string) => string;
  /** The reply queue that the last request named. */
  replyQueue: string;
  generation: number;
  connectionLost: boolean;
  /** The servers are asked whether they have the call when no reply comes. */
  readonly surveyed: boolean;
  /** Consecutive surveys in which no server had the call. */
  missed: number;
  /** Consecutive surveys without the call after which a read is sent again though not all servers have answered. */
  patience: number;
  /** How often, and when last, a server has reported that it runs the call. */
  heard: number;
  heardAt: number;
  partial: unknown;
  monitor: { readonly ms: number; timer: NodeJS.Timeout } | null;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** The one table of calls that wait for a reply. Whichever way a call ends, its entry and its timers are removed. */
export class PendingCalls {
  readonly #wheel = new TimerWheel();
  readonly #calls = new Map<string, PendingCall>();

  /** Questions that several servers answer. */
  readonly #collectors = new Map<string, (reply: IncomingReply) => void>();

  constructor(readonly observer: MessagingObserver) {}

  get size(): number {
    return this.#calls.size;
  }

  values(): Iterable<PendingCall> {
    return this.#calls.values();
  }

  add(call: PendingCall, remainingMs: number): void {
    this.#calls.set(call.msgId, call);
    this.#wheel.add(call, remainingMs);
  }

  /** Starts oslo's call monitor: the call fails when no heartbeat arrives within `ms`. */
  watch(call: PendingCall, ms: number): void {
    call.monitor = { ms, timer: setTimeout(() => this.expire(call), ms) };
  }

  /** Passes every reply to one message to `collector`; returns a function that stops this. */
  collect(msgId: string, collector: (reply: IncomingReply) => void): () => void {
    this.#collectors.set(msgId, collector);
    return () => this.#collectors.delete(msgId);
  }

  /** A reply that cannot be read ends its call, if the reply names it. */
  unreadable(error: MalformedMessage): boolean {
    const call = this.#calls.get(error.answered ?? '');
    if (call === undefined) return false;
    const text = `${call.topic}.${call.method}: the reply cannot be read: ${error.message}`;
    this.fail(call, new MessagingError('UnreadableReply', text, { cause: error }), 'error');
    return true;
  }

  accept(body: string): void {
    const reply = decodeReply(body);
    const call = this.#calls.get(reply.msgId);
    if (call === undefined) {
      const collector = this.#collectors.get(reply.msgId);
      if (collector !== undefined) return collector(reply);
      // A reply after its deadline, or a heartbeat that a peer did not stop.
      if (reply.ending) this.observer.duplicateReply?.();
      return;
    }
    if (!reply.ending) {
      call.heard += 1;
      call.heardAt = performance.now();
      if (reply.result !== null) call.partial = reply.result;
      call.monitor?.timer.refresh();
      return;
    }
    if (reply.failure !== null) {
      this.fail(call, new RemoteError(parseFailure(reply.failure)), 'remote_error');
      return;
    }
    this.#remove(call, 'ok', '');
    call.resolve(reply.result ?? call.partial);
  }

  fail(call: PendingCall, error: Error, outcome: CallOutcome): void {
    if (!this.#calls.has(call.msgId)) return;
    this.#remove(call, outcome, codeOf(error));
    call.reject(error);
  }

  get(msgId: string): PendingCall | undefined {
    return this.#calls.get(msgId);
  }

  failAll(error: (call: PendingCall) => Error): void {
    for (const call of this.#calls.values()) this.fail(call, error(call), 'unavailable');
  }

  /** Ends a call whose deadline has passed. */
  expire(call: PendingCall): void {
    if (!this.#calls.has(call.msgId)) return;
    if (call.connectionLost && !call.idempotent) {
      const text = `${call.topic}.${call.method}: the connection was lost after the request was sent and no reply came; whether it ran is not known`;
      this.fail(call, new MessagingError('OutcomeUnknown', text), 'unknown');
      return;
    }
    const text = `${call.topic}.${call.method}: timed out waiting for a reply to message ID ${call.msgId} (${call.timeoutMs} ms)`;
    this.fail(call, new MessagingError('MessagingTimeout', text), 'timeout');
  }

  #remove(call: PendingCall, outcome: CallOutcome, code: string): void {
    this.#calls.delete(call.msgId);
    this.#wheel.remove(call);
    if (call.monitor !== null) clearTimeout(call.monitor.timer);
    call.span?.end(code);
    this.observer.callFinished?.(call.topic, call.method, outcome, performance.now() - call.startedAt, code);
  }
}
