import { currentContext } from './context-storage.js';
import { levelNumbers } from './internal/log-levels-table.js';
import type { LogLevel } from './internal/log-levels-table.js';
import { currentPipeline, thresholdOf, writeRecord } from './internal/log-pipeline.js';

/**
 * Additional fields of one log event. `instance` (a server's id) gets oslo.log's own place; secrets are masked by name.
 */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes events of one subject. It adds the context of the current request automatically. */
export interface Logger {
  readonly name: string;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warning(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  critical(message: string, fields?: LogFields): void;
  /** An error with its stack and causes, at ERROR. */
  exception(error: unknown, message: string, fields?: LogFields): void;
  /** Whether an event of this level would be written: for events that are expensive to build. */
  isEnabled(level: LogLevel): boolean;
}

class NamedLogger implements Logger {
  readonly name: string;
  #threshold = 0;
  #generation = -1;

  constructor(name: string) {
    this.name = name;
  }

  debug(message: string, fields?: LogFields): void {
    this.#write('DEBUG', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#write('INFO', message, fields);
  }

  warning(message: string, fields?: LogFields): void {
    this.#write('WARNING', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#write('ERROR', message, fields);
  }

  critical(message: string, fields?: LogFields): void {
    this.#write('CRITICAL', message, fields);
  }

  exception(error: unknown, message: string, fields?: LogFields): void {
    this.#write('ERROR', message, fields, error ?? new Error('no error was given'));
  }

  isEnabled(level: LogLevel): boolean {
    const { generation } = currentPipeline();
    if (generation !== this.#generation) {
      this.#generation = generation;
      this.#threshold = thresholdOf(this.name);
    }
    return levelNumbers[level] >= this.#threshold;
  }

  #write(level: LogLevel, message: string, fields?: LogFields, error?: unknown): void {
    if (!this.isEnabled(level)) return;
    writeRecord({ timeMs: Date.now(), level, logger: this.name, message, context: currentContext(), fields, error });
  }
}

const loggers = new Map<string, Logger>();

/** The logger of a dotted name, as `albireo.messaging`; the same object for the same name. */
export function getLogger(name: string): Logger {
  let logger = loggers.get(name);
  if (logger === undefined) {
    logger = new NamedLogger(name);
    loggers.set(name, logger);
  }
  return logger;
}
