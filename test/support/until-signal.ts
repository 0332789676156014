import { constants } from 'node:os';

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;
type Signal = (typeof SIGNALS)[number];

/** A signal that would have ended this process. */
export class Signalled extends Error {
  override readonly name = 'Signalled';
  /** As shells tell it. */
  readonly exitCode: number;

  constructor(signal: Signal) {
    super(`ended by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** Calls `end` at the first signal that would end this process; answers how not to. */
export function atSignal(end: (signal: Signal) => void): () => void {
  const leave = (): void => {
    for (const signal of SIGNALS) process.removeListener(signal, listener);
  };
  const listener = (signal: Signal): void => {
    // A second one ends the process at once.
    leave();
    end(signal);
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return leave;
}

/** How many callers of `unlessSignalled` will clean up. */
let cleaners = 0;

/**
 * The result of `work`; rejects with Signalled at a signal that would end this process, so that its caller takes away
 * what has been started. `work` is not stopped.
 */
export async function unlessSignalled<T>(work: Promise<T>): Promise<T> {
  let leave = (): void => undefined;
  cleaners += 1;
  const signalled = new Promise<never>((_resolve, reject) => {
    leave = atSignal((signal) => reject(new Signalled(signal)));
  });
  try {
    return await Promise.race([work, signalled]);
  } finally {
    leave();
    cleaners -= 1;
  }
}

interface Ending {
  kill(signal: 'SIGTERM'): unknown;
}

const endings = new Set<Ending>();
let watched = false;

/**
 * Ends a child, or what else was started, at a signal that ends this process: for programs that do not clean up
 * themselves. Answers how to leave it alone again, as when it has ended.
 */
export function endWithProcess(ending: Ending): () => void {
  endings.add(ending);
  if (!watched) atSignal(endAll);
  watched = true;
  return () => void endings.delete(ending);
}

function endAll(signal: Signal): void {
  // Who else heard it takes away what it has started.
  if (cleaners > 0 || process.listenerCount(signal) > 0) return;
  for (const ending of endings) ending.kill('SIGTERM');
  process.kill(process.pid, signal);
}
