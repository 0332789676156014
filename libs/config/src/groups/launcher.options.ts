import { BoolOpt, DurationOpt, IntOpt, OptionGroup, StrOpt } from '../internal/decorators.js';

@OptionGroup('DEFAULT', { help: 'Start, stop and supervision of the worker processes.' })
export class LauncherOptions {
  @DurationOpt({
    default: 60,
    mutable: true,
    help: 'Seconds that requests and messages under way may take when a program stops; 0 to wait for ever.',
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
    regex: /^(\d+(:\d+)?)?$/,
    help: 'Port, or first:last port, of a console for debugging on the loopback address. Unset: none.',
  })
  readonly backdoorPort!: string | undefined;
}

@OptionGroup('health', { help: 'The listener for probes and metrics of a program.' })
export class HealthOptions {
  @StrOpt({ default: '0.0.0.0', help: 'Address on which the listener for probes and metrics listens.' })
  readonly listen!: string;

  @IntOpt({
    default: 0,
    min: -1,
    max: 65535,
    help: 'Port of probes and metrics; 0 for a free one, -1 for no listener.',
  })
  readonly port!: number;
}
