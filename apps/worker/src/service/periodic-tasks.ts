import { getLogger } from '#libs/telemetry';

const log = getLogger('albireo.periodic');

export interface PeriodicTask {
  readonly name: string;
  readonly intervalMs: number;
  /** Runs first at `start`, which waits for it, instead of one interval later. @default false */
  readonly immediately?: boolean;
  /** Also repeated with `periodic_enable = false`, as reports of a service are. @default false */
  readonly essential?: boolean;
  /** Depends only on business time, so it runs at once when that clock is moved. @default false */
  readonly byClock?: boolean;
  run(): Promise<unknown>;
}

export interface PeriodicTaskSettings {
  /** [DEFAULT] periodic_enable: if false, only essential tasks are repeated. */
  readonly enabled: boolean;
  /** [DEFAULT] periodic_fuzzy_delay, in milliseconds. */
  readonly fuzzyDelayMs: number;
}

/** Runs periodic tasks; a task never runs twice at the same time, and a failure is logged. */
export class PeriodicTasks {
  readonly #tasks: PeriodicTask[] = [];
  readonly #timers = new Map<PeriodicTask, NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  #state: 'new' | 'started' | 'stopped' = 'new';

  constructor(private readonly settings: PeriodicTaskSettings) {}

  /** Adds a task, before or after `start`. */
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

  /** Runs the tasks that ran at the start, such as reports, again: the state has been replaced since. */
  async runAtOnce(): Promise<void> {
    const reports = this.#tasks.filter(({ immediately, essential }) => immediately === true && essential === true);
    await Promise.all(reports.map((task) => this.#runOnce(task)));
  }

  /** Runs the tasks that depend on business time, since it was moved. */
  async runDue(): Promise<void> {
    await Promise.all(this.#tasks.filter(({ byClock }) => byClock === true).map((task) => this.#runOnce(task)));
  }

  /** Waits for the running tasks. */
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

  // A random tenth of the interval keeps many workers from running at the same moment.
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
