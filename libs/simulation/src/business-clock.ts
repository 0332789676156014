/** How far the business time of a cloud is ahead of the machine's. */
export interface ClockState {
  /** Milliseconds; 0 in every cloud but one for tests whose clock was advanced. */
  readonly offset_ms: number;
  /** Counts the moves; of two states the one with the higher number is the present one. */
  readonly version: number;
}

/**
 * Business time in this process, as the database last told it: expiry, reclaim, created_at, heartbeats. What a machine
 * waits for (leases, deadlines, retries, rates, the signatures of clients) goes by Date.now() and performance.now().
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

  /** What a database says in whose cloud this process begins. */
  begin({ offset_ms, version }: ClockState): void {
    this.#state = { offset_ms, version };
  }

  /** What is told while the process runs; an older state than the known one is passed over. */
  learn(state: ClockState): void {
    if (state.version > this.#state.version) this.begin(state);
  }
}

/** That of this process. */
export const businessClock = new BusinessClock();
