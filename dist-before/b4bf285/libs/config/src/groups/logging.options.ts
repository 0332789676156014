import { BoolOpt, IntOpt, ListOpt, OptionGroup, StrOpt } from '../internal/decorators.js';

/** Levels of libraries that say too much at INFO. */
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

  @BoolOpt({ cli: true, default: false, help: 'Write each line as a JSON object.' })
  readonly useJson!: boolean;

  @BoolOpt({ default: false, help: 'Write to standard error also when there is a log file.' })
  readonly useStderr!: boolean;

  @BoolOpt({ default: false, help: 'Colour the level names on a terminal.' })
  readonly logColor!: boolean;

  @StrOpt({ default: '%Y-%m-%d %H:%M:%S', cli: true, help: 'Form of the date in the log, as of strftime.' })
  readonly logDateFormat!: string;

  @ListOpt({ mutable: true, default: defaultLogLevels, help: 'Level of single loggers, as logger=LEVEL.' })
  readonly defaultLogLevels!: readonly string[];

  @StrOpt({
    default: `${timePlace} %(levelname)s %(name)s [%(global_request_id)s %(request_id)s %(user_identity)s] %(instance)s%(message)s`,
    help: 'Form of a line that belongs to a request.',
  })
  readonly loggingContextFormatString!: string;

  @StrOpt({
    default: `${timePlace} %(levelname)s %(name)s [-] %(instance)s%(message)s`,
    help: 'Form of a line that belongs to no request.',
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
    help: 'Form of user_identity in logging_context_format_string.',
  })
  readonly loggingUserIdentityFormat!: string;

  @StrOpt({ default: '[instance: %(uuid)s] ', help: 'Form of a server in a line.' })
  readonly instanceFormat!: string;

  @IntOpt({ default: 0, min: 0, help: 'Seconds over which lines are counted for rate_limit_burst; 0 for no limit.' })
  readonly rateLimitInterval!: number;

  @IntOpt({ default: 0, min: 0, help: 'Most lines in rate_limit_interval.' })
  readonly rateLimitBurst!: number;

  @StrOpt({
    default: 'CRITICAL',
    choices: ['CRITICAL', 'ERROR', 'INFO', 'WARNING', 'DEBUG', ''],
    help: 'Lines of this level and above are not limited.',
  })
  readonly rateLimitExceptLevel!: string;
}
