import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { jsonFormatter } from './internal/json-format.js';
import { lineFormatter } from './internal/line-format.js';
import { LogDestination } from './internal/log-destination.js';
import { LogLevelsTable } from './internal/log-levels-table.js';
import { currentPipeline, defaultDatePattern, replacePipeline } from './internal/log-pipeline.js';

/** What logging needs to know; the option class of `libs/config` has this shape (oslo.log's names). */
export interface LoggingSettings {
  readonly debug?: boolean | undefined;
  /** A path, relative to `logDir` if that is set. Unset (and no `logDir`): stderr. */
  readonly logFile?: string | null | undefined;
  /** The folder of `<program>.log` when `logFile` is unset. */
  readonly logDir?: string | null | undefined;
  readonly useJson?: boolean | undefined;
  /** strftime's form. @default '%Y-%m-%d %H:%M:%S' */
  readonly logDateFormat?: string | undefined;
  /** `logger=LEVEL`, each. */
  readonly defaultLogLevels?: readonly string[] | undefined;
}

export interface LoggingIdentity {
  readonly program: string;
  readonly version: string;
}

/** What `setupLogging` gives back. */
export interface LoggingControl {
  /** Reads `debug` and `default_log_levels` again after a reload of the configuration, and opens the file again. */
  refresh(): void;
  /** Settles when everything logged so far is written. */
  flush(): Promise<void>;
}

function filePath(settings: LoggingSettings, program: string): string | undefined {
  if (settings.logFile) return settings.logDir ? resolve(settings.logDir, settings.logFile) : resolve(settings.logFile);
  return settings.logDir ? resolve(settings.logDir, `${program}.log`) : undefined;
}

const levelsOf = (settings: LoggingSettings): LogLevelsTable =>
  new LogLevelsTable(settings.debug ?? false, settings.defaultLogLevels ?? []);

/**
 * Sends what all loggers of this process write to stderr or a file, in oslo.log's line form or as JSON. May be called
 * again (the newest call wins). Throws the system's error when the file cannot be opened.
 */
export function setupLogging(settings: LoggingSettings, identity: LoggingIdentity): LoggingControl {
  const datePattern = settings.logDateFormat ?? defaultDatePattern;
  const format = settings.useJson
    ? jsonFormatter(datePattern, { pid: process.pid, program: identity.program, host: hostname() })
    : lineFormatter(datePattern, process.pid);
  const destination = new LogDestination(filePath(settings, identity.program));
  const previous = currentPipeline().destination;
  replacePipeline({ levels: levelsOf(settings), format, destination });
  void previous.close();
  return {
    refresh: () => {
      replacePipeline({ levels: levelsOf(settings) });
      destination.reopen();
    },
    flush: () => destination.flush(),
  };
}
