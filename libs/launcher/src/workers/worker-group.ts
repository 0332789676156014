import { getLogger } from '#libs/telemetry';
import type { FailureStage, ReportedError, StartMessage } from '../messages.js';
import type { Half } from '../service.js';
import type { ConnectionDispatcher } from '../listen/connection-dispatcher.js';
import { CrashLoop, ForkThrottle } from './crash-loop.js';
import { MetricHistory } from './metric-history.js';
import type { WorkerEvents } from './worker-process.js';
import { WorkerProcess } from './worker-process.js';

const log = getLogger('albireo.launcher');
/**
 * A SIGTERM to the process group ends the program, but its workers may report theirs before the parent receives its
 * own. No replacement is forked until the parent's signal would have arrived.
 */
const groupSignalMs = 100;

/** The parameters and callbacks of a group of workers. */
export interface WorkerGroupOptions {
  /** The service's name; for services that run together, all names joined by `+`. */
  readonly name: string;
  readonly services: readonly string[];
  readonly half: Half;
  readonly workers: number;
  /**
   * Whether a worker and its replacement may run at the same time; false when they hold a resource that only one
   * process may hold.
   */
  readonly overlap: boolean;
  readonly childModule: string;
  readonly title: string;
  readonly dispatchers: readonly ConnectionDispatcher[];
  /** Built anew for each fork, so that a replacement starts with the current configuration. */
  readonly startMessage: (index: number) => StartMessage;
  /** Whether the program is not shutting down. */
  readonly isRunning: () => boolean;
  /** The service must be left out. Called for each worker. */
  readonly onNotLoadable: (group: WorkerGroup, service: string, error: ReportedError) => void;
  /** The service cannot run in any worker. */
  readonly onUnrecoverable: (group: WorkerGroup, service: string, error: ReportedError) => void;
  /** A worker is ready, or has reported the health of its services. */
  readonly onHealth: () => void;
  readonly onReportWanted: () => void;
  readonly onWorkerGone: () => void;
  /** What was lost with a worker that had served. */
  readonly lostWithWorker: readonly string[];
}

/** The worker processes of one service: forks them, replaces dead ones, and replaces them one by one on a reload. */
export class WorkerGroup {
  readonly name: string;
  readonly half: Half;
  readonly size: number;
  #services: readonly string[];
  readonly #options: WorkerGroupOptions;
  readonly #workers = new Set<WorkerProcess>();
  /** The metrics of workers that have ended. */
  readonly metricHistory = new MetricHistory();
  readonly #throttle: ForkThrottle;
  readonly #crashLoop = new CrashLoop();
  readonly #readyWaiters = new Set<(worker: WorkerProcess | undefined) => void>();
  #respawning = true;
  #timer: NodeJS.Timeout | undefined;
  #restarts = 0;
  #everReady = false;
  #everAllReady = false;
  #reloading: Promise<void> | undefined;
  #reloadAgain = false;
  #successor: WorkerProcess | undefined;
  readonly #events: WorkerEvents;

  constructor(options: WorkerGroupOptions) {
    this.name = options.name;
    this.#services = options.services;
    this.half = options.half;
    this.size = options.workers;
    this.#options = options;
    this.#throttle = new ForkThrottle(options.workers);
    this.#events = {
      ready: (worker) => this.#onReady(worker),
      failed: (worker, stage, service, error) => this.#onFailed(worker, stage, service, error),
      leaving: (worker) => this.#onLeaving(worker),
      health: () => this.#options.onHealth(),
      reportWanted: () => this.#options.onReportWanted(),
      gone: (worker) => this.#onGone(worker),
    };
  }

  /** The services that were not left out. */
  get services(): readonly string[] {
    return this.#services;
  }

  leaveOut(service: string): void {
    this.#services = this.#services.filter((name) => name !== service);
  }

  get workers(): readonly WorkerProcess[] {
    return [...this.#workers];
  }

  get readyWorkers(): readonly WorkerProcess[] {
    return this.workers.filter((worker) => worker.state === 'ready');
  }

  get crashLoop(): CrashLoop {
    return this.#crashLoop;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Whether all workers were ready at the same time at any point. */
  get everAllReady(): boolean {
    return this.#everAllReady;
  }

  start(): void {
    log.info(`Starting ${this.size} workers`, { service: this.name });
    this.#fill();
  }

  /** From now on no worker of the group is replaced. */
  stopRespawning(): void {
    this.#respawning = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#settleReadyWaiters(undefined);
  }

  /** @param deadlineMs the remaining time for draining; undefined = no limit */
  stopWorkers(deadlineMs: number | undefined): void {
    this.stopRespawning();
    for (const worker of this.#workers) this.#retire(worker, deadlineMs);
  }

  killWorkers(): void {
    this.stopRespawning();
    for (const worker of this.#workers) worker.kill();
  }

  /**
   * Rolling: a new worker is ready before an old one drains, one at a time. Calls during a roll lead to one more roll.
   */
  reload(deadlineMs: number | undefined): Promise<void> {
    if (this.#reloading !== undefined) {
      this.#reloadAgain = true;
      return this.#reloading;
    }
    this.#reloading = this.#roll(deadlineMs).finally(() => {
      this.#reloading = undefined;
    });
    return this.#reloading;
  }

  async #roll(deadlineMs: number | undefined): Promise<void> {
    do {
      this.#reloadAgain = false;
      for (const old of this.workers) {
        if (!this.#respawning) return;
        if (old.state !== 'ready' && old.state !== 'starting') continue;
        const done = this.#options.overlap ? this.#replace(old, deadlineMs) : this.#restart(old, deadlineMs);
        if (!(await done)) return;
      }
    } while (this.#reloadAgain);
  }

  async #replace(old: WorkerProcess, deadlineMs: number | undefined): Promise<boolean> {
    const successor = this.#fork(old.index);
    this.#successor = successor;
    const ready = await this.#nextReady((worker) => worker === successor);
    this.#successor = undefined;
    if (!ready) {
      if (this.#respawning) {
        log.error(
          `Reload of ${this.name} stopped: the new worker ${successor.pid} did not get ready; the old ones stay`,
        );
      }
      return false;
    }
    // The old one may have died meanwhile, and been replaced like any dead worker.
    if (old.state !== 'gone') this.#retire(old, deadlineMs);
    else if (this.#present().length > this.size) this.#retire(successor, deadlineMs);
    return true;
  }

  /** The old one stops first; its connections wait in the parent until the new one is ready. */
  #restart(old: WorkerProcess, deadlineMs: number | undefined): Promise<boolean> {
    this.#retire(old, deadlineMs);
    return this.#nextReady((worker) => worker !== old && worker.state === 'ready');
  }

  /** Settles when the first worker that `matches` is ready or gone, with whether it is ready; false when all end. */
  #nextReady(matches: (worker: WorkerProcess) => boolean): Promise<boolean> {
    return new Promise((resolve) => {
      const waiter = (worker: WorkerProcess | undefined): void => {
        if (worker !== undefined && !matches(worker)) return;
        this.#readyWaiters.delete(waiter);
        resolve(worker?.state === 'ready');
      };
      this.#readyWaiters.add(waiter);
    });
  }

  #settleReadyWaiters(worker: WorkerProcess | undefined): void {
    for (const waiter of this.#readyWaiters) waiter(worker);
  }

  #retire(worker: WorkerProcess, deadlineMs: number | undefined): void {
    for (const dispatcher of this.#options.dispatchers) dispatcher.remove(worker);
    worker.stop(deadlineMs);
  }

  /**
   * Workers that count towards the wanted number: not those that are stopping, nor the successor of one that still
   * counts.
   */
  #present(): WorkerProcess[] {
    return this.workers.filter((worker) => worker.state !== 'stopping' && worker !== this.#successor);
  }

  #fill(): void {
    while (this.#respawning && this.#timer === undefined) {
      const present = this.#present();
      if (present.length >= this.size) return;
      const throttleMs = this.#throttle.take(performance.now());
      if (throttleMs > 0) log.info('Forking too fast, sleeping', { service: this.name });
      const delayMs = Math.max(throttleMs, this.#crashLoop.delayMs);
      if (delayMs === 0) {
        this.#fork(this.#freeIndex(present));
        continue;
      }
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        const now = this.#present();
        if (this.#respawning && now.length < this.size) this.#fork(this.#freeIndex(now));
        this.#fill();
      }, delayMs);
    }
  }

  #freeIndex(present: readonly WorkerProcess[]): number {
    const taken = new Set(present.map((worker) => worker.index));
    let index = 0;
    while (taken.has(index)) index += 1;
    return index;
  }

  #fork(index: number): WorkerProcess {
    const { childModule, title, startMessage } = this.#options;
    const worker = new WorkerProcess(childModule, title, startMessage(index), this.#events);
    this.#workers.add(worker);
    log.info(`Started child ${worker.pid}`, { service: this.name, worker: index });
    return worker;
  }

  #onReady(worker: WorkerProcess): void {
    if (this.#crashLoop.active) log.info(`${this.name} has recovered: worker ${worker.pid} is ready`);
    this.#crashLoop.becameReady();
    this.#everReady = true;
    if (this.readyWorkers.length >= this.size) this.#everAllReady = true;
    for (const dispatcher of this.#options.dispatchers) dispatcher.add(worker);
    this.#settleReadyWaiters(worker);
    this.#options.onHealth();
  }

  #onFailed(worker: WorkerProcess, stage: FailureStage, service: string, error: ReportedError): void {
    if (stage === 'load') {
      this.#options.onNotLoadable(this, service, error);
      return;
    }
    log.error(`Worker ${worker.pid} failed to ${stage} ${service}: ${error.message}`);
    if (stage === 'run' || (stage === 'create' && !this.#everReady)) {
      this.stopRespawning();
      this.#options.onUnrecoverable(this, service, error);
    }
  }

  #onLeaving(worker: WorkerProcess): void {
    // During a shutdown of the program the worker is stopped when its turn has come.
    setTimeout(() => {
      const isLeft = worker.state === 'stopping' || worker.state === 'gone';
      if (!this.#respawning || !this.#options.isRunning() || isLeft) return;
      // Only this worker got a SIGTERM: let it drain, and replace it.
      this.#retire(worker, undefined);
      if (this.#options.overlap) this.#fill();
    }, groupSignalMs);
  }

  #onGone(worker: WorkerProcess): void {
    for (const dispatcher of this.#options.dispatchers) dispatcher.remove(worker);
    this.#workers.delete(worker);
    this.metricHistory.add(worker.lastMetrics);
    log.info(`Child ${worker.pid} ${worker.how}`, { service: this.name });
    if (worker.reachedReady && this.#options.isRunning()) {
      for (const lost of this.#options.lostWithWorker) log.error(`Lost with child ${worker.pid}: ${lost}`);
    }
    this.#settleReadyWaiters(worker);
    this.#giveToOthers(worker);
    if (!worker.reachedReady && !worker.wasStopped) this.#noteDeath(worker);
    this.#options.onWorkerGone();
    if (this.#respawning && this.#present().length < this.size) {
      if (!worker.wasStopped) this.#restarts += 1;
      if (worker.endedBy !== 'SIGTERM') this.#fill();
      else setTimeout(() => this.#options.isRunning() && this.#fill(), groupSignalMs);
    }
  }

  #noteDeath(worker: WorkerProcess): void {
    const wasActive = this.#crashLoop.active;
    this.#crashLoop.diedBeforeReady({ pid: worker.pid, how: worker.how, cause: worker.failure?.message });
    if (this.#crashLoop.active && !wasActive) {
      log.error(
        `${this.name} is in a crash loop: ${this.#crashLoop.exits.length} workers in a row ended before they were ready`,
      );
    }
  }

  #giveToOthers(worker: WorkerProcess): void {
    for (const { service, socket } of worker.takeBack()) {
      this.#options.dispatchers.find((dispatcher) => dispatcher.service === service)?.dispatch(socket);
    }
  }
}
