import type { RemoteFailure } from '../errors.js';
import type { Frame } from '../drivers/driver.js';
import { deadlineHeader } from '../timing/deadline.js';
import { reachStep, reachStepWhenWritten } from '../drivers/durable-step.js';
import { encodeReply } from '../wire/envelope.js';
import type { IncomingRequest } from '../wire/envelope.js';
import { toFailure } from '../wire/failure.js';
import type { TransportCore } from '../transport/transport-core.js';
import type { Work } from './work.js';

/** The recipient of a reply. */
interface Asked extends Partial<Pick<Work, 'served' | 'messages'>> {
  readonly request: Pick<IncomingRequest, 'method' | 'msgId' | 'replyQueue'>;
  readonly deadlineAt: number;
}

const retryMs = 250;
/**
 * How long a reply waits for its queue to exist when the caller gave no deadline
 * (kombu_missing_consumer_retry_timeout).
 */
const giveUpMs = 60_000;
const rememberDeadMs = 60_000;
const rememberDead = 200;

/** Whether the caller is a client of this library. */
function isOurs({ messages }: Asked): boolean {
  return messages?.[0]?.headers[deadlineHeader] !== undefined;
}

/**
 * Whether the caller is a client of this library that asks again when a read's reply does not come. For such a reply
 * the broker need not report that it has it, or that there is no queue for it.
 */
function isAskedAgain(work: Asked): boolean {
  return work.served?.method.idempotent === true && isOurs(work);
}

/** Answers calls. Every call is answered: a result that cannot be sent is replaced by a failure that can. */
export class ReplySender {
  readonly #dead = new Map<string, number>();
  #stopping = false;

  constructor(readonly core: TransportCore) {}

  /** From now on a missing reply queue is not waited for. */
  stop(): void {
    this.#stopping = true;
  }

  /** `done` is called when the broker has the reply, or when nobody can receive it any more. */
  result(work: Asked, result: unknown, done: () => void): void {
    let body: string;
    try {
      body = this.#encode(work, result, null);
      this.core.checkSize(body, `the result of ${work.request.method}`);
    } catch (error) {
      this.core.observer.error?.(`the result of ${work.request.method} cannot be sent`, error);
      return this.failure(work, toFailure(error), done);
    }
    this.#send(work, body, done);
  }

  failure(work: Asked, failure: RemoteFailure, done: () => void): void {
    let body: string;
    try {
      body = this.#encode(work, null, failure);
      this.core.checkSize(body, `the failure of ${work.request.method}`);
    } catch {
      // The exception's own arguments cannot be sent.
      const message = failure.message.slice(0, 1000);
      body = this.#encode(work, null, { ...failure, message, tb: [], args: [message], kwargs: {} });
    }
    this.#send(work, body, done);
  }

  /** A heartbeat: also tells clients of this library that the call is being run. */
  heartbeat(work: Asked): void {
    const body = this.#encode(work, null, null, false);
    const frame = this.#frame(work, body);
    if (frame !== null && this.core.driver.ready) this.core.driver.send(frame);
  }

  #encode(work: Asked, result: unknown, failure: RemoteFailure | null, ending = true): string {
    const reply = { result, failure, ending, msgId: work.request.msgId ?? '', uniqueId: this.core.ids.next() };
    return encodeReply(reply, isOurs(work) ? 'plain' : 'sealed');
  }

  #frame(work: Asked, body: string): Frame | null {
    const routingKey = work.request.replyQueue;
    if (routingKey === null) return null;
    const persistent = work.served?.method.idempotent === false;
    return {
      exchange: '',
      exchangeType: null,
      routingKey,
      body,
      headers: {},
      messageId: '',
      mandatory: true,
      persistent,
    };
  }

  #send(work: Asked, body: string, done: () => void): void {
    const frame = this.#frame(work, body);
    if (frame === null || this.#isDead(frame.routingKey)) return done();
    if (isAskedAgain(work) && this.core.driver.ready) {
      const step = `reply.${work.request.method}`;
      reachStep('publish.before', step);
      this.core.driver.send({ ...frame, mandatory: false });
      reachStepWhenWritten('publish.after', step);
      return done();
    }
    this.#attempt(work, frame, Math.min(work.deadlineAt, performance.now() + giveUpMs), done);
  }

  #attempt(work: Asked, frame: Frame, until: number, done: () => void): void {
    const leftMs = until - performance.now();
    if (leftMs <= 0) return done();
    const step = `reply.${work.request.method}`;
    reachStep('publish.before', step);
    this.core.driver.post(frame, leftMs, (outcome) => {
      if (outcome === 'routed') {
        reachStep('confirm.before', step);
        done();
        return reachStep('confirm.after', step);
      }
      if (outcome !== 'unroutable') {
        this.core.observer.warn?.('a reply could not be sent', {
          method: work.request.method,
          reason: String(outcome),
        });
        return done();
      }
      // The reply queue may be about to be declared again.
      if (!this.#stopping && until - performance.now() > retryMs) {
        setTimeout(() => {
          const routingKey = work.request.replyQueue ?? frame.routingKey;
          this.#attempt(work, { ...frame, routingKey }, until, done);
        }, retryMs);
        return;
      }
      this.#forget(frame.routingKey);
      done();
    });
    reachStepWhenWritten('publish.after', step);
  }

  #forget(queue: string): void {
    this.#dead.set(queue, performance.now());
    if (this.#dead.size > rememberDead) {
      for (const oldest of this.#dead.keys()) {
        this.#dead.delete(oldest);
        break;
      }
    }
    this.core.observer.warn?.(`the reply queue is gone, the reply is dropped`, { queue });
  }

  #isDead(queue: string): boolean {
    if (this.#dead.size === 0) return false;
    const since = this.#dead.get(queue);
    if (since === undefined) return false;
    if (performance.now() - since < rememberDeadMs) return true;
    this.#dead.delete(queue);
    return false;
  }
}
