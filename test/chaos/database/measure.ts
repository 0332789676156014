import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadFailure, MixedLoad } from '../mixed-load.js';
import type { Pod } from '../pod.js';

export interface Bounds {
  /** Longest answer; no bound where absent. */
  readonly longestMs?: number;
  /** From when the database was back. */
  readonly recoverMs: number;
  /** Whether a probe must have seen a worker unready, with the database as the reason. */
  readonly unready: boolean;
}

/** What one trouble did to the requests. */
export interface Outcome {
  readonly trouble: string;
  readonly goneMs: number;
  readonly requests: number;
  /** Number of failed requests by HTTP status; 0 without an answer. */
  readonly failed: Readonly<Record<number, number>>;
  readonly longestMs: number;
  /** From when the database was back until the last failure had ended. */
  readonly recoverMs: number;
  /** What kept it from being called well when the minute was over; empty when it was well. */
  readonly notWell: string;
  /** What a worker's readiness said meanwhile, without the numbers. */
  readonly unready: readonly string[];
}

/** Without a failure for so long it is well again. */
const WELL_MS = 2_000;
const MOST_MS = 60_000;
const LOOK_MS = 200;

/** Notes what the readiness of the workers says while it is not ready. */
export class ReadinessWatch {
  readonly seen = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor(readonly pods: readonly Pod[]) {
    this.#timer = setInterval(() => {
      for (const pod of pods) void this.#look(pod);
    }, LOOK_MS);
  }

  async #look(pod: Pod): Promise<boolean> {
    const text = await pod.readiness().catch(() => 'no answer');
    for (const line of text.split('\n')) if (line.startsWith('[-]')) this.seen.add(line);
    return !text.includes('[-]') && text !== 'no answer';
  }

  async allReady(): Promise<boolean> {
    return (await Promise.all(this.pods.map((pod) => this.#look(pod)))).every(Boolean);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** Runs a trouble under the load and waits until all is well again, a minute at most. */
export async function measure(
  name: string,
  load: MixedLoad,
  watch: ReadinessWatch,
  run: () => Promise<{ goneAt: number; backAt: number }>,
): Promise<Outcome> {
  const offset = performance.now() - load.nowMs;
  const firstFailure = load.failures.length;
  const firstAnswer = load.latencies.length;
  const sentBefore = load.sent;
  watch.seen.clear();
  const { goneAt, backAt } = await run();
  const since = (): LoadFailure[] => load.failures.slice(firstFailure);
  const endOf = ({ at, tookMs }: LoadFailure): number => offset + at + tookMs;
  const lastEnd = (): number => since().reduce((last, failure) => Math.max(last, endOf(failure)), backAt);
  let notWell = 'not looked at';
  while (notWell !== '' && performance.now() - backAt < MOST_MS) {
    await sleep(LOOK_MS);
    if (performance.now() - lastEnd() <= WELL_MS) notWell = 'requests fail';
    else if (load.oldestOpenMs >= WELL_MS) notWell = `a request waits for ${Math.round(load.oldestOpenMs)} ms`;
    else notWell = (await watch.allReady()) ? '' : `not ready: ${[...watch.seen].at(-1) ?? 'no answer'}`;
  }
  const failed: Record<number, number> = {};
  for (const { status } of since()) failed[status] = (failed[status] ?? 0) + 1;
  const longest = Math.max(
    load.oldestOpenMs,
    ...load.latencies.slice(firstAnswer),
    ...since().map((one) => one.tookMs),
  );
  return {
    trouble: name,
    goneMs: Math.round(backAt - goneAt),
    requests: load.sent - sentBefore,
    failed,
    longestMs: Math.round(longest),
    recoverMs: notWell === '' ? Math.round(lastEnd() - backAt) : MOST_MS,
    notWell,
    unready: [
      ...new Set(
        [...watch.seen].map((line) => line.replaceAll(/\d+ of \d+ workers ready; |(?<=not consuming): .*/g, '')),
      ),
    ],
  };
}

/** The head of the table that `rowOf` gives rows of. */
export const TABLE_HEAD =
  '| what happens | requests | failed | longest answer | well again |\n| --- | --- | --- | --- | --- |';

/** An outcome as a row of a Markdown table. */
export function rowOf({ trouble, requests, failed, longestMs, recoverMs, notWell }: Outcome): string {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const counts = Object.entries(failed).map(([status, count]) => `${count} × ${status}`);
  const well =
    notWell !== ''
      ? `not within ${seconds(recoverMs)}: ${notWell}`
      : recoverMs <= 0
        ? 'at once'
        : `after ${seconds(recoverMs)}`;
  return `| ${trouble} | ${requests} | ${counts.join(', ') || '0'} | ${seconds(longestMs)} | ${well} |`;
}

/** What of an outcome is not as it must be. */
export function faultsOfOutcome(outcome: Outcome, failures: readonly LoadFailure[], bounds: Bounds): string[] {
  const faults: string[] = [];
  const fault = (text: string): void => void faults.push(`${outcome.trouble}: ${text}`);
  for (const { status, retryAfter, request, found, at, tookMs } of failures) {
    const isPromised = (status === 503 && retryAfter) || status === 504;
    if (!isPromised) fault(`${request} sent at ${at} ms was answered after ${tookMs} ms: ${found}`);
  }
  if (bounds.longestMs !== undefined && outcome.longestMs > bounds.longestMs)
    fault(`the longest answer took ${outcome.longestMs} ms, more than ${bounds.longestMs}`);
  if (outcome.recoverMs > bounds.recoverMs)
    fault(
      `well again ${outcome.recoverMs} ms after it was back, later than ${bounds.recoverMs}` +
        (outcome.notWell === '' ? '' : `: ${outcome.notWell}`),
    );
  if (bounds.unready && !outcome.unready.some((line) => line.includes('database')))
    fault(`no worker was unready with the database as the reason: ${outcome.unready.join(' | ') || 'always ready'}`);
  return faults;
}
