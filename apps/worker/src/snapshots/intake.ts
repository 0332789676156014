import { setTimeout as sleep } from 'node:timers/promises';
import type { InterceptedRequest } from '#libs/messaging';
import { currentContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { StoreError } from '../store/index.js';
import type { TransactionFence } from '../store/index.js';

/** How long a restore waits for what runs; what runs longer is fenced off. */
const GRACE_MS = 2_000;

/**
 * The door of a worker: closed while its state is being replaced. Requests wait in front of it; casts that were sent in
 * the state before are let go without effect, and handlers that outlive their state can commit nothing any more.
 */
export class Intake implements TransactionFence {
  #closed: Promise<void> | null = null;
  #open: () => void = () => undefined;
  readonly #running = new Set<Promise<unknown>>();
  readonly #contexts = new Map<Promise<unknown>, RequestContext | undefined>();
  readonly #stale = new WeakSet<RequestContext>();
  /** Casts sent until then belong to a state that is no more; ms since 1970. */
  #replacedMs = 0;
  #stillGood: ReadonlySet<string> = new Set();

  /** How often the state was replaced. */
  epoch = 0;

  async pass(request: InterceptedRequest, run: () => Promise<unknown>): Promise<unknown> {
    while (this.#closed !== null) await this.#closed;
    if (request.isCast && this.#isOld(request)) return undefined;
    const context = currentContext();
    const running = run();
    this.#running.add(running);
    this.#contexts.set(running, context);
    try {
      return await running;
    } catch (error) {
      // Nobody is left to whom a step of a state that is no more could be lost.
      if (request.isCast && context !== undefined && this.#stale.has(context)) return undefined;
      throw error;
    } finally {
      this.#running.delete(running);
      this.#contexts.delete(running);
    }
  }

  /** Throws StoreError StaleClaim for a handler of a state that is no more. */
  begin(): void {
    this.end();
  }

  end(): void {
    const context = currentContext();
    if (context !== undefined && this.#stale.has(context)) {
      throw new StoreError('StaleClaim', 'the state that this request began in was replaced by a snapshot');
    }
  }

  /**
   * Closes the door, waits for what runs, replaces the state and opens it again. `replace` answers the unique ids of
   * the casts that wait in the new state's outbox. A `replace` that fails leaves everything as it was.
   */
  async during(replace: () => Promise<ReadonlySet<string>>): Promise<void> {
    while (this.#closed !== null) await this.#closed;
    this.#closed = new Promise((resolve) => {
      this.#open = resolve;
    });
    try {
      await this.#untilIdle();
      const left = [...this.#contexts.values()].flatMap((context) => context ?? []);
      for (const context of left) this.#stale.add(context);
      const beganMs = Date.now();
      try {
        this.#stillGood = await replace();
      } catch (error) {
        for (const context of left) this.#stale.delete(context);
        throw error;
      }
      this.#replacedMs = beganMs;
      this.epoch += 1;
      // What is sent from now on has a later time than what was sent before.
      while (Date.now() <= beganMs) await sleep(1);
    } finally {
      this.#closed = null;
      this.#open();
    }
  }

  /** Closes the door, waits for what runs and opens it again after `work`: nobody sees what is between. */
  async pausing(work: () => Promise<void>): Promise<void> {
    while (this.#closed !== null) await this.#closed;
    this.#closed = new Promise((resolve) => {
      this.#open = resolve;
    });
    try {
      await this.#untilIdle();
      await work();
    } finally {
      this.#closed = null;
      this.#open();
    }
  }

  #isOld({ sentMs, uniqueId }: InterceptedRequest): boolean {
    return sentMs !== null && sentMs <= this.#replacedMs && !this.#stillGood.has(uniqueId);
  }

  async #untilIdle(): Promise<void> {
    if (this.#running.size === 0) return;
    const timer = new AbortController();
    const idle = Promise.allSettled(this.#running);
    await Promise.race([idle, sleep(GRACE_MS, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
  }
}
