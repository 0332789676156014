import { setTimeout as sleep } from 'node:timers/promises';
import type { InterceptedRequest } from '#libs/messaging';
import { currentContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { StoreError } from '../store/index.js';
import type { TransactionFence } from '../store/index.js';

/** How long a restore waits for running handlers; those that run longer are fenced off. */
const GRACE_MS = 2_000;

/**
 * Holds requests while a worker's state is being replaced. Requests wait until the restore is done. Casts that were
 * sent in the earlier state are dropped without effect, and handlers that began in it cannot commit any more.
 */
export class Intake implements TransactionFence {
  #closed: Promise<void> | null = null;
  #open: () => void = () => undefined;
  readonly #running = new Set<Promise<unknown>>();
  readonly #contexts = new Map<Promise<unknown>, RequestContext | undefined>();
  readonly #stale = new WeakSet<RequestContext>();
  /** Casts sent until then belong to an earlier state; ms since 1970. */
  #replacedMs = 0;
  #stillGood: ReadonlySet<string> = new Set();

  /** The number of times the state was replaced. */
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
      // The task of this cast is gone with its state, so dropping it loses no step.
      if (request.isCast && context !== undefined && this.#stale.has(context)) return undefined;
      throw error;
    } finally {
      this.#running.delete(running);
      this.#contexts.delete(running);
    }
  }

  /** Throws StoreError StaleClaim for a handler of an earlier state. */
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
   * Blocks requests, waits for running ones, replaces the state and unblocks. `replace` returns the unique ids of the
   * casts that wait in the new state's outbox. If `replace` fails, everything stays as it was.
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
      // Messages sent from now on get a later time than those sent before.
      while (Date.now() <= beganMs) await sleep(1);
    } finally {
      this.#closed = null;
      this.#open();
    }
  }

  /** Blocks requests, waits for running ones, runs `work` and unblocks: no request sees the intermediate state. */
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
