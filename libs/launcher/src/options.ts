import { BoolOpt, ConfigOptions, DurationOpt, IntOpt, OptionGroup, StrOpt } from '#libs/config';
import type { OptionGroupClass } from '#libs/config';
import { LoggingOptions, TracingOptions } from '#libs/telemetry/options';

@OptionGroup('DEFAULT', { help: 'Start, stop and supervision of the worker processes.' })
export class LauncherOptions {
  @DurationOpt({
    default: 60,
    mutable: true,
    help: 'Seconds that requests and messages in progress may take when a program stops; 0 for no limit.',
  })
  readonly gracefulShutdownTimeout!: number;

  @DurationOpt({
    default: 0,
    mutable: true,
    help:
      'Seconds between turning unready and closing the listening sockets when a program stops, so that load ' +
      'balancers notice.',
  })
  readonly drainDelay!: number;

  @StrOpt({
    default: 'mutate',
    choices: ['mutate', 'reload'],
    help: 'What SIGHUP does: change the mutable options in place (mutate), or replace the worker processes (reload).',
  })
  readonly restartMethod!: 'mutate' | 'reload';

  @DurationOpt({
    default: 30,
    help: 'Seconds without an answer after which a worker process is reported and replaced; 0 for never.',
  })
  readonly workerWatchdog!: number;

  @BoolOpt({ default: true, help: 'Write all options to the log at DEBUG level when a program starts.' })
  readonly logOptions!: boolean;

  @StrOpt({
    regex: /^(\d{1,5}(:\d{1,5})?)?$/,
    help:
      'Port (0 for a free one), or first:last port, of a console on the loopback address that shows the state report ' +
      'and evaluates nothing. Unset: none.',
  })
  readonly backdoorPort!: string | undefined;

  @DurationOpt({
    default: 0,
    help: 'Seconds for which a listening port that is in use is tried again; 0 to give up at once.',
  })
  readonly retryUntilWindow!: number;

  @StrOpt({
    default: 'brief',
    choices: ['on', 'off', 'brief'],
    help:
      'Names of the worker processes in the process list: program and services (brief), with the command line too ' +
      '(on), or as they were started (off).',
  })
  readonly setproctitle!: 'on' | 'off' | 'brief';
}

@OptionGroup('health', { help: 'The listener for probes and metrics of a program.' })
export class HealthOptions {
  @StrOpt({
    default: '::',
    help: 'Address on which the listener for probes and metrics listens. :: is every address of IPv6 and IPv4.',
  })
  readonly listen!: string;

  @IntOpt({
    default: 0,
    min: -1,
    max: 65535,
    help: 'Port of probes and metrics; 0 for a free one, -1 for no listener.',
  })
  readonly port!: number;
  @BoolOpt({
    default: false,
    help:
      'Stay ready during drain_delay, while a program that stops still accepts connections. For Kubernetes, which takes a ' +
      'pod that ends out of a Service by itself and sends requests to it only when there is no other one.',
  })
  readonly readyWhileAccepting!: boolean;
}

@OptionGroup('oslo_reports', { help: 'The state report on SIGUSR2.' })
export class ReportOptions {
  @StrOpt({ help: 'Directory of the reports. Unset: standard error.' })
  readonly logDir!: string | undefined;

  @StrOpt({ help: 'A report is written when this file changes, in place of on SIGUSR2.' })
  readonly fileEventHandler!: string | undefined;

  @IntOpt({ default: 1, min: 1, help: 'Seconds between two looks at file_event_handler.' })
  readonly fileEventHandlerInterval!: number;
}

/** All options that a launched program reads from the libraries; they must be among its option groups. */
export const launcherOptionGroups: readonly OptionGroupClass[] = [
  LauncherOptions,
  HealthOptions,
  ReportOptions,
  LoggingOptions,
  TracingOptions,
  ConfigOptions,
];
