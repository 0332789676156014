import { getLogger } from '#libs/telemetry';

const log = getLogger('albireo.periodic');

export interface PeriodicTask {
  readonly name: string;
  readonly intervalMs: number;
  /** Runs once at `start`, which waits for it, in place of one interval later. @default false */
  readonly immediately?: boolean;
  /** Is repeated with `periodic_enable = false` as well, as reports of a service are. @default false */
  readonly essential?: boolean;
  run(): Promise<unknown>;
}

export interface PeriodicTaskSettings {
  /** [DEFAULT] periodic_enable: without it only essential tasks are repeated. */
  readonly enabled: boolean;
  /** [DEFAULT] periodic_fuzzy_delay, in milliseconds. */
  readonly fuzzyDelayMs: number;
}

/** Runs what must be done again and again; a task never runs twice at a time, and a failure is logged. */
export class PeriodicTasks {
  readonly #tasks: PeriodicTask[] = [];
  readonly #timers = new Map<PeriodicTask, NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  #state: 'new' | 'started' | 'stopped' = 'new';

  constructor(private readonly settings: PeriodicTaskSettings) {}

  /** Adds a task, before `start` or after it. */
  add(task: PeriodicTask): void {
    this.#tasks.push(task);
    if (this.#state === 'started') this.#begin(task);
  }

  async start(): Promise<void> {
    if (this.#state !== 'new') return;
    this.#state = 'started';
    await Promise.all(this.#tasks.filter((task) => task.immediately === true).map((task) => this.#runOnce(task)));
    if (!this.settings.enabled)
      log.info('Periodic tasks are off, only reports are repeated', { periodic_enable: false });
    for (const task of this.#tasks) this.#begin(task);
  }

  /** Waits for the tasks that run. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    await Promise.all(this.#running);
  }

  #begin(task: PeriodicTask): void {
    if (!this.settings.enabled && task.essential !== true) return;
    if (task.immediately === true) this.#repeat(task);
    else this.#schedule(task, Math.random() * Math.min(this.settings.fuzzyDelayMs, task.intervalMs));
  }

  // A tenth of spread keeps many workers apart.
  #repeat(task: PeriodicTask): void {
    this.#schedule(task, task.intervalMs * (0.95 + Math.random() / 10));
  }

  #schedule(task: PeriodicTask, delayMs: number): void {
    if (this.#state !== 'started') return;
    const timer = setTimeout(() => {
      const run = this.#runOnce(task).finally(() => {
        this.#running.delete(run);
        this.#repeat(task);
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
