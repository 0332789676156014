/** How much of something scarce (connections, time on the CPU) may be taken at once. */
export interface FairShareOptions {
  /** By all together. @default no bound */
  readonly total?: number;
  /** By one owner, so that the others find room. */
  readonly perOwner: number;
  /** Who has waited this long gets `busy()` as the error. @default waits without end */
  readonly maxWaitMs?: number;
  readonly busy?: () => Error;
}

interface Waiter {
  readonly owner: string;
  readonly begin: () => void;
}

/**
 * Lets work begin while its owner, a project or user, has less than its share, first come first served among those that
 * may begin: one that asks for much waits behind itself, not before the others.
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
