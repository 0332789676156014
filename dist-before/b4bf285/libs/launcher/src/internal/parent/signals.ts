/** The parent's answers to signals. */
export type SignalHandlers = Readonly<Record<'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGUSR2', () => void>>;

/**
 * Installs all handlers at once. As PID 1 a process without handlers ignores signals, so this is the first thing a
 * launcher does. Returns what removes them again.
 */
export function installSignals(handlers: SignalHandlers): () => void {
  const entries = Object.entries(handlers) as [NodeJS.Signals, () => void][];
  for (const [signal, handler] of entries) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of entries) process.off(signal, handler);
  };
}
