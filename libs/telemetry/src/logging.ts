import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { StartError } from '#libs/config';
import { jsonFormatter } from './internal/json-format.js';
import { defaultLineFormats, lineFormatter } from './internal/line-format.js';
import type { LineFormats } from './internal/line-format.js';
import { LogDestination } from './internal/log-destination.js';
import { LogLevelsTable } from './internal/log-levels-table.js';
import type { LogRotation } from './internal/log-rotation.js';
import { RateLimit } from './internal/rate-limit.js';
import { currentPipeline, replacePipeline } from './internal/log-pipeline.js';
import { getLogger } from './logger.js';

/** The settings of logging; the option class of `libs/config` has this shape (oslo.log's names). */
export interface LoggingSettings {
  readonly debug?: boolean | undefined;
  /** A path, relative to `logDir` if that is set. Unset (and no `logDir`): stderr. */
  readonly logFile?: string | null | undefined;
  /** The folder of `<program>.log` when `logFile` is unset. */
  readonly logDir?: string | null | undefined;
  readonly useJson?: boolean | undefined;
  /** Reopen a file that was moved or removed at once; otherwise at the next line. @default false */
  readonly watchLogFile?: boolean | undefined;
  /** When a file is rotated. @default 'none' */
  readonly logRotationType?: string | undefined;
  /** The number of `logRotateIntervalType` units; for `weekday` the day that ends, 0 for Monday. @default 1 */
  readonly logRotateInterval?: number | undefined;
  /** @default 'days' */
  readonly logRotateIntervalType?: string | undefined;
  /** MiB; @default 200 */
  readonly maxLogfileSizeMb?: number | undefined;
  /** Rotated files that are kept. @default 30 */
  readonly maxLogfileCount?: number | undefined;
  /** strftime's form. @default '%Y-%m-%d %H:%M:%S' */
  readonly logDateFormat?: string | undefined;
  /** Write to stderr too when there is a file. */
  readonly useStderr?: boolean | undefined;
  readonly loggingContextFormatString?: string | undefined;
  readonly loggingDefaultFormatString?: string | undefined;
  readonly loggingDebugFormatSuffix?: string | undefined;
  readonly loggingExceptionPrefix?: string | undefined;
  readonly loggingUserIdentityFormat?: string | undefined;
  readonly instanceFormat?: string | undefined;
  /** Colour the level name when stderr is a terminal. */
  readonly logColor?: boolean | undefined;
  /** Seconds; 0 = no limit. */
  readonly rateLimitInterval?: number | undefined;
  readonly rateLimitBurst?: number | undefined;
  readonly rateLimitExceptLevel?: string | undefined;
  /** `logger=LEVEL`, each. */
  readonly defaultLogLevels?: readonly string[] | undefined;
}

export interface LoggingIdentity {
  readonly program: string;
  readonly version: string;
  /** Which of the program's processes this is, as `osapi_compute 1`; unset in the parent. */
  readonly worker?: string;
}

/** The result of `setupLogging`. */
export interface LoggingControl {
  /** Reads `debug` and `default_log_levels` again after a reload of the configuration, and reopens the file. */
  refresh(): void;
  /** Settles when everything logged so far is written. */
  flush(): Promise<void>;
}

function filePath(settings: LoggingSettings, program: string): string | undefined {
  if (settings.logFile) return settings.logDir ? resolve(settings.logDir, settings.logFile) : resolve(settings.logFile);
  return settings.logDir ? resolve(settings.logDir, `${program}.log`) : undefined;
}

const intervalUnits = ['seconds', 'minutes', 'hours', 'days', 'weekday', 'midnight'] as const;

function rotationOf(settings: LoggingSettings): LogRotation | undefined {
  const maxFiles = settings.maxLogfileCount ?? 30;
  const type = settings.logRotationType?.toLowerCase();
  if (type === 'size') return { by: 'size', maxBytes: (settings.maxLogfileSizeMb ?? 200) * 1024 * 1024, maxFiles };
  if (type !== 'interval') return undefined;
  const named = settings.logRotateIntervalType?.toLowerCase();
  const unit = intervalUnits.find((known) => known === named) ?? 'days';
  return { by: 'interval', unit, count: settings.logRotateInterval ?? 1, maxFiles };
}

/** Opens the file, or reports in one line to the operator why it cannot be opened. */
function openFile(path: string, settings: LoggingSettings): LogDestination {
  try {
    return new LogDestination(path, { rotation: rotationOf(settings), watch: settings.watchLogFile });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const option = settings.logDir ? 'log_dir' : 'log_file';
    throw new StartError(`[DEFAULT] ${option}: the log cannot be written to ${path}: ${reason}`, { cause: error });
  }
}

function lineFormats(settings: LoggingSettings): LineFormats {
  return {
    date: settings.logDateFormat ?? defaultLineFormats.date,
    context: settings.loggingContextFormatString ?? defaultLineFormats.context,
    default: settings.loggingDefaultFormatString ?? defaultLineFormats.default,
    debugSuffix: settings.loggingDebugFormatSuffix ?? defaultLineFormats.debugSuffix,
    exceptionPrefix: settings.loggingExceptionPrefix ?? defaultLineFormats.exceptionPrefix,
    userIdentity: settings.loggingUserIdentityFormat ?? defaultLineFormats.userIdentity,
    instance: settings.instanceFormat ?? defaultLineFormats.instance,
    color: settings.logColor === true && process.stderr.isTTY && filePath(settings, '') === undefined,
  };
}

function rateLimitOf(settings: LoggingSettings): RateLimit | undefined {
  const { rateLimitInterval = 0, rateLimitBurst = 0, rateLimitExceptLevel = 'CRITICAL' } = settings;
  if (rateLimitInterval <= 0 || rateLimitBurst <= 0) return undefined;
  return new RateLimit(rateLimitInterval * 1000, rateLimitBurst, rateLimitExceptLevel);
}

const levelsOf = (settings: LoggingSettings): LogLevelsTable =>
  new LogLevelsTable(settings.debug ?? false, settings.defaultLogLevels ?? []);

/**
 * Sends the output of all loggers of this process to stderr or a file, in oslo.log's line form or as JSON. May be
 * called again (the newest call takes effect). Throws StartError when the file cannot be opened.
 */
export function setupLogging(settings: LoggingSettings, identity: LoggingIdentity): LoggingControl {
  const formats = lineFormats(settings);
  const format = settings.useJson
    ? jsonFormatter(formats.date, {
        pid: process.pid,
        program: identity.program,
        host: hostname(),
        worker: identity.worker,
      })
    : lineFormatter(formats);
  const path = filePath(settings, identity.program);
  const destinations = [path === undefined ? new LogDestination() : openFile(path, settings)];
  if (path !== undefined && settings.useStderr) destinations.push(new LogDestination());
  const previous = currentPipeline().destinations;
  replacePipeline({ levels: levelsOf(settings), format, destinations, rateLimit: rateLimitOf(settings) });
  for (const destination of previous) void destination.close();
  return {
    refresh: () => {
      replacePipeline({ levels: levelsOf(settings) });
      for (const destination of destinations) reopen(destination);
    },
    flush: async () => {
      for (const destination of destinations) await destination.flush();
    },
  };
}

function reopen(destination: LogDestination): void {
  try {
    destination.reopen();
  } catch (error) {
    getLogger('albireo.logging').error(`The log file stays the one before: ${String(error)}`);
  }
}
