import { getLogger } from '#libs/telemetry';
import type { Half } from '../service.js';
import { advance, running } from './shutdown-phases.js';
import type { ShutdownEffect, ShutdownEvent, ShutdownPhase, ShutdownPlan, ShutdownState } from './shutdown-phases.js';

const log = getLogger('albireo.launcher');

/** The operations that a shutdown uses. */
export interface ShutdownActions {
  closeAfterAnswers(): void;
  /** Settles when every connection that has reached this machine is accepted. */
  stopAccepting(): Promise<void>;
  stopWorkers(half: Half, deadlineMs: number | undefined): void;
  killWorkers(): void;
  left(): Readonly<Record<Half, number>>;
  inFlight(): number;
  exit(code: number): void;
}

/** Runs the shutdown phases against the real clock, timers and workers, with a log line for each step. */
export class ShutdownRunner {
  readonly #actions: ShutdownActions;
  readonly #timers = new Set<NodeJS.Timeout>();
  #state: ShutdownState = running;

  constructor(actions: ShutdownActions) {
    this.#actions = actions;
  }

  get phase(): ShutdownPhase {
    return this.#state.phase;
  }

  terminate(plan: ShutdownPlan): void {
    this.#happened({ type: 'terminate', atMs: performance.now(), plan });
  }

  cut(exitCode: number): void {
    this.#happened({ type: 'cut', exitCode });
  }

  workersChanged(): void {
    if (this.#state.phase === 'running') return;
    this.#happened({ type: 'workers', atMs: performance.now(), left: this.#actions.left() });
  }

  #happened(event: ShutdownEvent): void {
    const { state, effects } = advance(this.#state, event);
    this.#state = state;
    this.#runAll(effects);
    // With no worker left, no further event would advance the shutdown.
    if (event.type !== 'workers' && effects.length > 0) this.workersChanged();
  }

  #runAll(effects: readonly ShutdownEffect[]): void {
    for (const [at, effect] of effects.entries()) {
      if (effect.do === 'stop-accepting') {
        void this.#stopAcceptingBefore(effects.slice(at + 1));
        return;
      }
      this.#run(effect);
    }
  }

  /** Workers are told to stop only when each accepted connection has been given to one. */
  async #stopAcceptingBefore(rest: readonly ShutdownEffect[]): Promise<void> {
    await this.#actions.stopAccepting();
    if (this.#state.phase === 'exited') return;
    log.info('Stopped accepting connections', this.#counts());
    this.#runAll(rest);
  }

  #run(effect: Exclude<ShutdownEffect, { readonly do: 'stop-accepting' }>): void {
    switch (effect.do) {
      case 'mark-unready':
        log.info('Begins to drain', {
          ...this.#counts(),
          drain_delay: (this.#state.plan?.drainDelayMs ?? 0) / 1000,
        });
        return;
      case 'close-after-answers':
        this.#actions.closeAfterAnswers();
        return;
      case 'wake':
        this.#wakeAt(effect.atMs);
        return;
      case 'stop-workers': {
        const count = this.#actions.left()[effect.half];
        const leftMs = effect.untilMs === undefined ? undefined : Math.max(1, effect.untilMs - performance.now());
        if (count > 0) log.info(`Waiting on ${count} children to exit`, { half: effect.half, ...budget(leftMs) });
        this.#actions.stopWorkers(effect.half, leftMs);
        return;
      }
      case 'kill-workers':
        if (effect.why === 'timeout') {
          log.error('Graceful shutdown timeout exceeded, instantaneous exiting', this.#counts());
        } else {
          log.warning('Cutting what is left', this.#counts());
        }
        this.#actions.killWorkers();
        return;
      case 'exit':
        for (const timer of this.#timers) clearTimeout(timer);
        this.#timers.clear();
        this.#actions.exit(effect.code);
    }
  }

  #wakeAt(atMs: number): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#happened({ type: 'time', atMs: performance.now() });
      },
      Math.ceil(atMs - performance.now()) + 1,
    );
    this.#timers.add(timer);
  }

  #counts(): Record<string, number> {
    const { api, rpc } = this.#actions.left();
    return { workers: api + rpc, in_flight: this.#actions.inFlight() };
  }
}

/** For the log: seconds, or `none` without a limit. */
function budget(leftMs: number | undefined): { readonly budget: string } {
  return { budget: leftMs === undefined ? 'none' : `${Math.round(leftMs / 100) / 10} s` };
}
