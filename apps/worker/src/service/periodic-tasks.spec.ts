import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PeriodicTasks } from './periodic-tasks.js';
import type { PeriodicTask } from './periodic-tasks.js';

const HOUR_MS = 3_600_000;

/** A task, and a way to wait for its nth run. */
class CountedTask implements PeriodicTask {
  #runs = 0;
  #waiting: (() => void)[] = [];

  constructor(
    readonly name: string,
    readonly intervalMs: number,
    readonly options: Pick<PeriodicTask, 'immediately' | 'essential'> = {},
  ) {}

  get immediately(): boolean {
    return this.options.immediately ?? false;
  }

  get essential(): boolean {
    return this.options.essential ?? false;
  }

  get runs(): number {
    return this.#runs;
  }

  run(): Promise<void> {
    this.#runs += 1;
    for (const look of this.#waiting) look();
    return Promise.resolve();
  }

  until(runs: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#runs >= runs) resolve();
      };
      this.#waiting.push(look);
      look();
    });
  }
}

describe('PeriodicTasks', () => {
  it('runs a task first within periodic_fuzzy_delay, whatever its interval', async () => {
    const tasks = new PeriodicTasks({ enabled: true, fuzzyDelayMs: 0 });
    const sweep = new CountedTask('sweep', HOUR_MS);
    tasks.add(sweep);
    await tasks.start();
    await sweep.until(1);
    await tasks.stop();
  });

  it('waits at start for what runs immediately, and repeats it', async () => {
    const tasks = new PeriodicTasks({ enabled: true, fuzzyDelayMs: HOUR_MS });
    const report = new CountedTask('report', 1, { immediately: true });
    tasks.add(report);
    await tasks.start();
    assert.ok(report.runs >= 1);
    await report.until(3);
    await tasks.stop();
  });

  it('repeats only essential tasks without periodic_enable', async () => {
    const tasks = new PeriodicTasks({ enabled: false, fuzzyDelayMs: 0 });
    const report = new CountedTask('report', 1, { immediately: true, essential: true });
    const repair = new CountedTask('repair', 1, { immediately: true });
    const sweep = new CountedTask('sweep', 1);
    for (const task of [sweep, repair, report]) tasks.add(task);
    await tasks.start();
    await report.until(20);
    await tasks.stop();
    assert.deepEqual([repair.runs, sweep.runs], [1, 0]);
  });
});
