/** By how much a cloud's business time is ahead of the machine's time. */
export interface ClockState {
  /** Milliseconds; 0 except in a test cloud whose clock was advanced. */
  readonly offset_ms: number;
  /** Counts the moves; of two states the one with the higher number is the current one. */
  readonly version: number;
}

/**
 * Business time in this process, as last read from the database: used for expiry, reclaim, created_at, heartbeats.
 * Technical waits (leases, deadlines, retries, rates, the signatures of clients) use Date.now() and performance.now().
 */
export class BusinessClock {
  #state: ClockState = { offset_ms: 0, version: 0 };

  /** Milliseconds since 1970. */
  nowMs(): number {
    return Date.now() + this.#state.offset_ms;
  }

  date(): Date {
    return new Date(this.nowMs());
  }

  get state(): ClockState {
    return this.#state;
  }

  /** Sets the state from the database of the cloud in which this process starts. */
  begin({ offset_ms, version }: ClockState): void {
    this.#state = { offset_ms, version };
  }

  /** Sets a state received while the process runs; an older state than the known one is ignored. */
  learn(state: ClockState): void {
    if (state.version > this.#state.version) this.begin(state);
  }
}

/** The clock of this process. */
export const businessClock = new BusinessClock();
