import { BoolOpt, IntOpt, ListOpt, OptionGroup, StrOpt } from '#libs/config';

/** Levels of libraries that log too much at INFO. */
export const defaultLogLevels: readonly string[] = [
  'amqplib=WARN',
  'fastify=WARN',
  'nest=WARN',
  'oslo.messaging=INFO',
  'oslo_messaging=INFO',
  'keystonemiddleware=WARN',
  'oslo_policy=INFO',
];

const timePlace = '%(asctime)s.%(msecs)03d %(process)d';

@OptionGroup('DEFAULT', { help: 'Logging.' })
export class LoggingOptions {
  @BoolOpt({ cli: true, short: 'd', mutable: true, default: false, help: 'Log at DEBUG level in place of INFO.' })
  readonly debug!: boolean;

  @StrOpt({
    cli: true,
    deprecatedOpts: [{ name: 'logfile' }],
    help: 'Write the log to this file; a relative path lies below log_dir. Unset: standard error.',
  })
  readonly logFile!: string | undefined;

  @StrOpt({
    cli: true,
    deprecatedOpts: [{ name: 'logdir' }],
    help: 'Directory of the log file; without log_file the file is called <program>.log.',
  })
  readonly logDir!: string | undefined;

  @BoolOpt({
    cli: true,
    default: false,
    help: 'Open a log file again at once after it was moved or removed. Without it this is done with the next line.',
  })
  readonly watchLogFile!: boolean;

  @StrOpt({
    default: 'none',
    choices: ['interval', 'size', 'none'],
    ignoreCase: true,
    help:
      'When the log file is put away under another name: after an interval, or when max_logfile_size_mb is reached. ' +
      'All processes of a program may write to one file.',
  })
  readonly logRotationType!: string;

  @IntOpt({
    default: 1,
    min: 0,
    help:
      'How many of log_rotate_interval_type make the interval. Of weekday: the day at whose end the file is put away, ' +
      '0 for Monday.',
  })
  readonly logRotateInterval!: number;

  @StrOpt({
    default: 'days',
    choices: ['Seconds', 'Minutes', 'Hours', 'Days', 'Weekday', 'Midnight'],
    ignoreCase: true,
    help: 'Unit of log_rotate_interval; midnight puts the file away every night.',
  })
  readonly logRotateIntervalType!: string;

  @IntOpt({ default: 30, min: 0, help: 'Number of rotated log files that are kept.' })
  readonly maxLogfileCount!: number;

  @IntOpt({ default: 200, min: 1, help: 'Maximum size of the log file, in MiB, when log_rotation_type is size.' })
  readonly maxLogfileSizeMb!: number;

  @BoolOpt({ cli: true, default: false, help: 'Write each line as a JSON object.' })
  readonly useJson!: boolean;

  @BoolOpt({ default: false, help: 'Write to standard error also when there is a log file.' })
  readonly useStderr!: boolean;

  @BoolOpt({ default: false, help: 'Colour the level names on a terminal.' })
  readonly logColor!: boolean;

  @StrOpt({ default: '%Y-%m-%d %H:%M:%S', cli: true, help: 'Format of the date in the log, as of strftime.' })
  readonly logDateFormat!: string;

  @ListOpt({ mutable: true, default: defaultLogLevels, help: 'Level of single loggers, as logger=LEVEL.' })
  readonly defaultLogLevels!: readonly string[];

  @StrOpt({
    default: `${timePlace} %(levelname)s %(name)s [%(global_request_id)s %(request_id)s %(user_identity)s] %(instance)s%(message)s`,
    help: 'Format of a line that belongs to a request.',
  })
  readonly loggingContextFormatString!: string;

  @StrOpt({
    default: `${timePlace} %(levelname)s %(name)s [-] %(instance)s%(message)s`,
    help: 'Format of a line that belongs to no request.',
  })
  readonly loggingDefaultFormatString!: string;

  @StrOpt({ default: '', help: 'Added to a line of level DEBUG.' })
  readonly loggingDebugFormatSuffix!: string;

  @StrOpt({
    default: `${timePlace} ERROR %(name)s %(instance)s`,
    help: 'Put before each line of a stack trace.',
  })
  readonly loggingExceptionPrefix!: string;

  @StrOpt({
    default: '%(user)s %(project)s %(domain)s %(system_scope)s %(user_domain)s %(project_domain)s',
    help: 'Format of user_identity in logging_context_format_string.',
  })
  readonly loggingUserIdentityFormat!: string;

  @StrOpt({ default: '[instance: %(uuid)s] ', help: 'Format of a server in a line.' })
  readonly instanceFormat!: string;

  @IntOpt({ default: 0, min: 0, help: 'Seconds over which lines are counted for rate_limit_burst; 0 for no limit.' })
  readonly rateLimitInterval!: number;

  @IntOpt({ default: 0, min: 0, help: 'Maximum number of lines in rate_limit_interval.' })
  readonly rateLimitBurst!: number;

  @StrOpt({
    default: 'CRITICAL',
    choices: ['CRITICAL', 'ERROR', 'INFO', 'WARNING', 'DEBUG', ''],
    help: 'Lines of this level and above are not limited.',
  })
  readonly rateLimitExceptLevel!: string;
}
