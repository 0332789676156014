import { levelNumbers, parseLevel } from './log-level.js';

/**
 * The threshold of each logger: the longest configured name that is the logger's name or a dotted parent of it, else the
 * root level (`debug` decides between DEBUG and INFO, as in oslo.log).
 */
export class LogLevelsTable {
  readonly #root: number;
  readonly #byName = new Map<string, number>();

  /** @param pairs entries `logger=LEVEL` of `default_log_levels`; what has another form is ignored here, config reports it */
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
