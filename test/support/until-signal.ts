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

/**
 * The result of `work`; rejects with Signalled at a signal that would end this process, so that its caller takes away
 * what has been started. `work` is not stopped.
 */
export async function unlessSignalled<T>(work: Promise<T>): Promise<T> {
  let leave = (): void => undefined;
  const signalled = new Promise<never>((_resolve, reject) => {
    leave = atSignal((signal) => reject(new Signalled(signal)));
  });
  try {
    return await Promise.race([work, signalled]);
  } finally {
    leave();
  }
}

/** Ends children with this process: for programs that do not clean up themselves. */
export function endWithSignals(children: ReadonlySet<{ kill(signal: Signal): unknown }>): () => void {
  return atSignal((signal) => {
    // Who else heard it takes away what it has started.
    if (process.listenerCount(signal) > 0) return;
    for (const child of children) child.kill('SIGTERM');
    process.kill(process.pid, signal);
  });
}
