import { MessagingError, RemoteError } from '../errors.js';
import { presenceCall } from '../client/call-watch.js';
import type { ConsumerGroup } from '../drivers/driver.js';
import type { TransportCore } from '../transport/transport-core.js';

const everyMs = 5_000;
/** This many consecutive questions by one way without an answer are a fault. */
const missedLimit = 2;

export interface LoopBackPlan {
  readonly exchange: string;
  readonly topic: string;
  readonly server: string;
  readonly group: ConsumerGroup;
  /** Requests that the server has taken and not finished. */
  readonly inFlight: () => number;
  readonly onChange: () => void;
}

/**
 * Lets a server check that it can be reached, since nothing else reports this. Every five seconds it sends itself a
 * question, alternately by its topic and by its name, and waits for the answer in its reply queue. Questions are most
 * of the cost of an idle pair, hence one at a time.
 */
export class LoopBack {
  #timer: NodeJS.Timeout | null = null;
  #fault: string | null = null;
  #byName = false;
  #stopped = false;

  constructor(
    readonly core: TransportCore,
    readonly plan: LoopBackPlan,
  ) {}

  /** Why the server cannot be reached; null while it can. */
  get fault(): string | null {
    return this.#fault ?? this.plan.group.fault;
  }

  start(): void {
    if (!this.core.driver.isShared) return;
    this.#timer = setTimeout(() => void this.#turn(), everyMs * (0.75 + Math.random() / 2)).unref();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #turn(): Promise<void> {
    const { group, topic, server } = this.plan;
    if (group.consuming && this.core.driver.ready) {
      const faults = await this.#askByTurns();
      if (group.consuming && !this.#stopped) this.#judge(faults, `${topic}.${server}`);
    }
    if (!this.#stopped) this.start();
  }

  /** Faults of one way; of both ways while there is a fault, so that its end is noticed at the next turn. */
  async #askByTurns(): Promise<readonly (string | null)[]> {
    this.#byName = !this.#byName;
    const ways = this.#fault === null ? [this.#byName] : [false, true];
    const faults: (string | null)[] = [];
    for (const byName of ways) {
      for (let asked = 0; asked < missedLimit; asked++) {
        const fault = await this.#ask(byName ? this.plan.server : undefined);
        if (fault === undefined) break;
        faults.push(fault);
        if (fault !== null) break;
      }
    }
    return faults;
  }

  /** undefined: answered; null: nothing came back. */
  async #ask(server: string | undefined): Promise<string | null | undefined> {
    const { exchange, topic } = this.plan;
    try {
      await this.core.calls.call(presenceCall(exchange, topic, server));
      return undefined;
    } catch (error) {
      if (error instanceof RemoteError) return undefined;
      const code = error instanceof MessagingError ? error.code : undefined;
      if (code === 'NoWorker' && error instanceof Error) return error.message;
      // A broker that is down is reported elsewhere.
      if (code !== 'MessagingTimeout') return undefined;
      this.core.driver.doubt();
      return null;
    }
  }

  #judge(faults: readonly (string | null)[], name: string): void {
    const said = faults.find((fault) => fault !== null);
    // Busy servers leave a question in the queue until it expires, which proves nothing.
    const missed = faults.filter((fault) => fault === null).length;
    if (missed >= missedLimit && this.plan.inFlight() === 0) {
      this.plan.group.restart(`${name} does not get what is sent to it`);
    }
    const fault = said ?? null;
    if (fault === this.#fault) return;
    this.#fault = fault;
    if (fault === null) this.core.observer.info?.(`${name} can be reached again`);
    else this.core.observer.warn?.(`${name} cannot be reached`, { reason: fault });
    this.plan.onChange();
  }
}
