import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { jsonFormatter } from './internal/json-format.js';
import { defaultLineFormats, lineFormatter } from './internal/line-format.js';
import type { LineFormats } from './internal/line-format.js';
import { LogDestination } from './internal/log-destination.js';
import { LogLevelsTable } from './internal/log-levels-table.js';
import { RateLimit } from './internal/rate-limit.js';
import { currentPipeline, replacePipeline } from './internal/log-pipeline.js';

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
 * Sends what all loggers of this process write to stderr or a file, in oslo.log's line form or as JSON. May be called
 * again (the newest call wins). Throws the system's error when the file cannot be opened.
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
  const destinations = [new LogDestination(path)];
  if (path !== undefined && settings.useStderr) destinations.push(new LogDestination());
  const previous = currentPipeline().destinations;
  replacePipeline({ levels: levelsOf(settings), format, destinations, rateLimit: rateLimitOf(settings) });
  for (const destination of previous) void destination.close();
  return {
    refresh: () => {
      replacePipeline({ levels: levelsOf(settings) });
      for (const destination of destinations) destination.reopen();
    },
    flush: async () => {
      for (const destination of destinations) await destination.flush();
    },
  };
}
