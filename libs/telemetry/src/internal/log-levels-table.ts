export type LogLevel = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL';

/** Python's numbers, since they appear in the JSON form (`levelno`) and in operators' searches. */
export const levelNumbers: Readonly<Record<LogLevel, number>> = {
  DEBUG: 10,
  INFO: 20,
  WARNING: 30,
  ERROR: 40,
  CRITICAL: 50,
};

/** Parses a level as Python's logging accepts it in `default_log_levels` (`WARN` is an old name of `WARNING`). */
export function parseLevel(text: string): number | undefined {
  const name = text.trim().toUpperCase();
  if (name === 'WARN') return levelNumbers.WARNING;
  if (name === 'FATAL') return levelNumbers.CRITICAL;
  if (name === 'NOTSET' || name === 'TRACE') return 0;
  return name in levelNumbers ? levelNumbers[name as LogLevel] : undefined;
}

/**
 * The threshold of each logger: that of the longest configured name that is the logger's name or a dotted parent of it,
 * otherwise the root level (`debug` selects DEBUG or INFO, as in oslo.log).
 */
export class LogLevelsTable {
  readonly #root: number;
  readonly #byName = new Map<string, number>();

  /**
   * @param pairs entries `logger=LEVEL` of `default_log_levels`; an entry of another form is ignored here, config
   * reports it
   */
  constructor(debug: boolean, pairs: readonly string[]) {
    this.#root = debug ? levelNumbers.DEBUG : levelNumbers.INFO;
    for (const pair of pairs) {
      const at = pair.indexOf('=');
      const level = at > 0 ? parseLevel(pair.slice(at + 1)) : undefined;
      if (level !== undefined) this.#byName.set(pair.slice(0, at).trim(), level);
    }
  }

  thresholdOf(logger: string): number {
    let name = logger;
    for (;;) {
      const level = this.#byName.get(name);
      if (level !== undefined) return level;
      const dot = name.lastIndexOf('.');
      if (dot < 0) return this.#root;
      name = name.slice(0, dot);
    }
  }
}
