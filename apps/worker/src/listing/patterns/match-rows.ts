import { setImmediate as nextTurn } from 'node:timers/promises';
import { ExpectedError } from '#libs/contracts';
import { FairShare } from '../../store/index.js';
import type { RowTest } from './pattern-filter.js';

/** A row that may match: its id, and the texts for each test. */
export interface Candidate {
  readonly id: string;
  readonly texts: readonly (readonly string[])[];
}

/** CPU time for the patterns of one list. */
const BUDGET_MS = 1_000;
/** After this time other work gets a turn. */
const SLICE_MS = 10;

/** Limits the lists by pattern that a process runs at once: their share of its connections and CPU time. */
const scans = new FairShare({
  total: 2,
  perOwner: 1,
  maxWaitMs: 10_000,
  busy: () =>
    new ExpectedError('ServiceBusy', 'Too many lists by regular expression are being made. This one was not made.'),
});

/**
 * The ids of the candidates that pass all tests, in order, until `wanted` are found. `read` returns the candidates
 * after an id (null: from the start), or none at the end. `owner` waits only behind its own requests. Errors:
 * InvalidFilter if the patterns take too long, ServiceBusy.
 */
export function matchRows(
  tests: readonly RowTest[],
  wanted: number,
  owner: string,
  read: (after: string | null) => Promise<readonly Candidate[]>,
): Promise<string[]> {
  return scans.run(owner, async () => {
    const stopwatch = new Stopwatch();
    const found: string[] = [];
    const matches: ((texts: readonly string[]) => boolean)[] = [];
    for (const test of tests) matches.push(await test.compile());
    let after: string | null = null;
    for (;;) {
      const candidates: readonly Candidate[] = await read(after);
      if (candidates.length === 0) return found;
      stopwatch.start();
      for (const { id, texts } of candidates) {
        if (matches.every((match, index) => match(texts[index] ?? []))) found.push(id);
        if (found.length >= wanted) return found;
        await stopwatch.pause();
      }
      stopwatch.stop();
      after = candidates.at(-1)?.id ?? null;
    }
  });
}

/** Measures the time spent on matching, and lets other work run in between. */
class Stopwatch {
  #startedMs = 0;
  #spentMs = 0;

  start(): void {
    this.#startedMs = performance.now();
  }

  stop(): void {
    this.#spentMs += performance.now() - this.#startedMs;
    if (this.#spentMs > BUDGET_MS) {
      throw new ExpectedError('InvalidFilter', 'The regular expression takes too long: expected a simpler one.');
    }
  }

  /** Undefined while the time slice lasts. */
  pause(): Promise<void> | undefined {
    if (performance.now() - this.#startedMs < SLICE_MS) return undefined;
    this.stop();
    return nextTurn().then(() => this.start());
  }
}
