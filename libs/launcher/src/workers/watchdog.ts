import { getLogger } from '#libs/telemetry';
import { readText } from '../listen/process-sockets.js';
import { readStuckStack } from './stuck-stack.js';
import type { WorkerProcess } from './worker-process.js';

const log = getLogger('albireo.launcher');
const maxIntervalMs = 2000;
const stackMs = 1500;
/**
 * Loading a program and creating an embedded database block a process for a long time, especially on a busy machine.
 */
const patienceWhileStarting = 4;

/**
 * Pings all workers, and kills a worker that has sent nothing for `limitMs`; its group replaces it like any dead
 * worker.
 */
export class Watchdog {
  readonly #limitMs: number;
  readonly #intervalMs: number;
  readonly #workers: () => readonly WorkerProcess[];
  readonly #condemned = new WeakSet<WorkerProcess>();
  #timer: NodeJS.Timeout | undefined;
  #lastTickMs = 0;

  /** @param limitMs 0 = only ping, for the health of the services */
  constructor(limitMs: number, workers: () => readonly WorkerProcess[]) {
    this.#limitMs = limitMs;
    this.#intervalMs = limitMs > 0 ? Math.min(maxIntervalMs, limitMs / 4) : maxIntervalMs;
    this.#workers = workers;
  }

  start(): void {
    this.#lastTickMs = performance.now();
    this.#timer ??= setInterval(() => this.#tick(), this.#intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const now = performance.now();
    // After a pause of this process itself (SIGSTOP, a frozen machine) every worker seems to have been silent for long.
    const wasAsleep = now - this.#lastTickMs > this.#intervalMs * 2;
    this.#lastTickMs = now;
    for (const worker of this.#workers()) {
      const silentMs = worker.silentForMs(now);
      const limitMs = this.#limitMs * (worker.state === 'starting' ? patienceWhileStarting : 1);
      if (limitMs > 0 && silentMs > limitMs && !wasAsleep) {
        if (!this.#condemned.has(worker)) void this.#replace(worker, silentMs);
      } else {
        worker.ping();
      }
    }
  }

  async #replace(worker: WorkerProcess, silentMs: number): Promise<void> {
    this.#condemned.add(worker);
    const seconds = Math.round(silentMs / 1000);
    log.error(`Child ${worker.pid} has not answered for ${seconds} s (worker_watchdog), replacing it`, {
      state: processState(worker.pid),
      requests: worker.inFlight,
    });
    const stack = await readStuckStack(worker.pid, stackMs);
    if (stack === undefined) log.error(`Child ${worker.pid} gave no stack`);
    for (const line of stack ?? []) log.error(`Child ${worker.pid} is stuck ${line}`);
    worker.kill();
  }
}

/** R = busy, D = waits for a disk, T = stopped; the state in /proc of a process that does not answer. */
function processState(pid: number): string {
  return /^State:\s*(.*)$/m.exec(readText(`/proc/${pid}/status`))?.[1] ?? 'unknown';
}
