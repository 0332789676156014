/** How much of a limited resource (connections, CPU time) may be in use at the same time. */
export interface FairShareOptions {
  /** Limit for all owners together. @default no limit */
  readonly total?: number;
  /** Limit for one owner, so that the others get a share. */
  readonly perOwner: number;
  /** Work that has waited this long fails with the error of `busy()`. @default waits without limit */
  readonly maxWaitMs?: number;
  readonly busy?: () => Error;
}

interface Waiter {
  readonly owner: string;
  readonly begin: () => void;
}

/**
 * Starts work while its owner, a project or user, uses less than its share. Among the work that may start, the first to
 * arrive starts first. An owner with many requests waits for its own work and does not delay the other owners.
 */
export class FairShare {
  readonly #options: FairShareOptions;
  readonly #running = new Map<string, number>();
  readonly #waiting: Waiter[] = [];
  #total = 0;

  constructor(options: FairShareOptions) {
    this.#options = options;
  }

  async run<T>(owner: string, work: () => Promise<T>): Promise<T> {
    if (this.#hasRoom(owner)) this.#take(owner);
    else await this.#wait(owner);
    try {
      return await work();
    } finally {
      this.#release(owner);
    }
  }

  #hasRoom(owner: string): boolean {
    const { total = Infinity, perOwner } = this.#options;
    return this.#total < total && (this.#running.get(owner) ?? 0) < perOwner;
  }

  #take(owner: string): void {
    this.#total += 1;
    this.#running.set(owner, (this.#running.get(owner) ?? 0) + 1);
  }

  #wait(owner: string): Promise<void> {
    const { maxWaitMs, busy = () => new Error('there is no room') } = this.#options;
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const waiter: Waiter = {
        owner,
        begin: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      this.#waiting.push(waiter);
      if (maxWaitMs === undefined) return;
      timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(busy());
      }, maxWaitMs);
    });
  }

  #release(owner: string): void {
    this.#total -= 1;
    const left = (this.#running.get(owner) ?? 0) - 1;
    if (left > 0) this.#running.set(owner, left);
    else this.#running.delete(owner);
    const next = this.#waiting.findIndex((waiter) => this.#hasRoom(waiter.owner));
    if (next < 0) return;
    const [waiter] = this.#waiting.splice(next, 1);
    if (waiter === undefined) return;
    this.#take(waiter.owner);
    waiter.begin();
  }
}
