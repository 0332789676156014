import type { Half } from '../service.js';
import type { ParentMessage } from '../messages.js';
import { judgeReadiness } from './readiness.js';
import type { Readiness } from './readiness.js';
import type { WorkerGroup } from './worker-group.js';
import type { WorkerProcess } from './worker-process.js';

/** All groups of workers of a program, and the questions about all of them. */
export class GroupSet {
  readonly #groups = new Set<WorkerGroup>();

  get all(): readonly WorkerGroup[] {
    return [...this.#groups];
  }

  get size(): number {
    return this.#groups.size;
  }

  get workers(): readonly WorkerProcess[] {
    return this.all.flatMap((group) => group.workers);
  }

  /** Requests in flight, as far as the workers have reported them. */
  get inFlight(): number {
    return this.workers.reduce((sum, worker) => sum + worker.inFlight, 0);
  }

  /** Whether every group has had all its workers ready at the same time. */
  get haveStarted(): boolean {
    return this.size > 0 && this.all.every((group) => group.everAllReady);
  }

  tell(message: ParentMessage): void {
    for (const worker of this.workers) worker.send(message);
  }

  add(group: WorkerGroup): void {
    this.#groups.add(group);
  }

  remove(group: WorkerGroup): void {
    this.#groups.delete(group);
  }

  /** How many workers each half still has. */
  left(): Record<Half, number> {
    const left = { api: 0, rpc: 0 };
    for (const group of this.#groups) left[group.half] += group.workers.length;
    return left;
  }

  readiness(draining: boolean): Readiness {
    const snapshots = this.all.map((group) => ({
      services: group.services,
      size: group.size,
      ready: group.readyWorkers.map((worker) => worker.health),
      starting: group.workers.filter((worker) => worker.state === 'starting').length,
      crashLoop: group.crashLoop.active,
      exits: group.crashLoop.exits,
    }));
    return judgeReadiness(snapshots, draining);
  }
}
