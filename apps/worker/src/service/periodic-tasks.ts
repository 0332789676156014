import { getLogger } from '#libs/telemetry';

const log = getLogger('albireo.periodic');

export interface PeriodicTask {
  readonly name: string;
  readonly intervalMs: number;
  /** Runs once at `start`, which waits for it, in place of one interval later. @default false */
  readonly immediately?: boolean;
  run(): Promise<unknown>;
}

/** Runs what must be done again and again; a task never runs twice at a time, and a failure is logged. */
export class PeriodicTasks {
  readonly #tasks: PeriodicTask[] = [];
  readonly #timers = new Map<PeriodicTask, NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  #state: 'new' | 'started' | 'stopped' = 'new';

  /** Adds a task; one that comes after `start` runs after its first interval. */
  add(task: PeriodicTask): void {
    this.#tasks.push(task);
    this.#schedule(task);
  }

  async start(): Promise<void> {
    if (this.#state !== 'new') return;
    this.#state = 'started';
    await Promise.all(this.#tasks.filter((task) => task.immediately === true).map((task) => this.#runOnce(task)));
    for (const task of this.#tasks) this.#schedule(task);
  }

  /** Waits for the tasks that run. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    await Promise.all(this.#running);
  }

  #schedule(task: PeriodicTask): void {
    if (this.#state !== 'started') return;
    // A tenth of spread keeps many workers apart.
    const delayMs = task.intervalMs * (0.95 + Math.random() / 10);
    const timer = setTimeout(() => {
      const run = this.#runOnce(task).finally(() => {
        this.#running.delete(run);
        this.#schedule(task);
      });
      this.#running.add(run);
    }, delayMs);
    this.#timers.set(task, timer);
  }

  async #runOnce(task: PeriodicTask): Promise<void> {
    try {
      await task.run();
    } catch (error) {
      log.warning(`Periodic task ${task.name} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
