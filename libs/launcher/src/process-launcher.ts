import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Configuration } from '#libs/config';
import { ConfigOptions, watchConfiguration } from '#libs/config';
import type { LoggingControl } from '#libs/telemetry';
import { getLogger } from '#libs/telemetry';
import { HealthOptions, LauncherOptions } from './options.js';
import { FrontDoor } from './listen/front-door.js';
import { GroupSet } from './workers/group-set.js';
import { Inspection } from './inspect/inspection.js';
import { notifyReady } from './inspect/notify-ready.js';
import { workerTitle } from './inspect/process-title.js';
import type { Readiness } from './workers/readiness.js';
import { Reporter } from './inspect/reporter.js';
import { ShutdownRunner } from './shutdown/shutdown-runner.js';
import { installSignals, SignalPolicy } from './shutdown/signal-policy.js';
import type { StateReport } from './inspect/state-report.js';
import { formatState, gatherState } from './inspect/state-report.js';
import { Watchdog } from './workers/watchdog.js';
import { WorkerConfiguration } from './workers/worker-configuration.js';
import type { WorkerGroupOptions } from './workers/worker-group.js';
import { WorkerGroup } from './workers/worker-group.js';
import type { ReportedError, ServiceOrder } from './messages.js';
import { LauncherError } from './launcher.errors.js';
import type { Half, ServiceDescription } from './service.js';

const log = getLogger('albireo.launcher');
const childModule = fileURLToPath(new URL('./child/child-entry.js', import.meta.url));
const killedGoneMs = 1000;

/** The parameters of a launcher. */
export interface ProcessLauncherOptions {
  readonly config: Configuration;
  /** The result of `setupLogging` in this process. */
  readonly loggingControl?: LoggingControl | undefined;
  /** Called once, when every worker of every service has started and all services say that they are ready. */
  readonly onReady?: (() => void) | undefined;
  /** Serves further paths of the health port: answers, or returns false for a path that it does not know. */
  readonly page?: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
}

/**
 * Runs services in forked workers, as oslo.service's ProcessLauncher: owns the listening sockets, replaces dead
 * workers, handles signals, drains. Create it first in `main`, launch the services, then call `wait()`.
 */
export class ProcessLauncher {
  readonly #options: ProcessLauncherOptions;
  readonly #settings: LauncherOptions;
  readonly #groups = new GroupSet();
  readonly #leftOut = new Set<string>();
  readonly #frontDoor: FrontDoor;
  readonly #shutdown: ShutdownRunner;
  readonly #watchdog: Watchdog;
  readonly #reporter: Reporter;
  readonly #workerConfiguration: WorkerConfiguration;
  readonly #inspection: Inspection;
  readonly #signals: SignalPolicy;
  readonly #removeSignals: () => void;
  readonly #endWatch: () => void;
  readonly #ended: Promise<number>;
  #end: (code: number) => void = () => undefined;
  #saidReady = false;
  #waiting = false;
  #endedFirst: string | undefined;

  constructor(options: ProcessLauncherOptions) {
    this.#options = options;
    this.#settings = options.config.get(LauncherOptions);
    this.#workerConfiguration = new WorkerConfiguration(options.config);
    this.#frontDoor = new FrontDoor(this.#settings.retryUntilWindow * 1000);
    this.#reporter = new Reporter(options.config, async () => formatState(await this.#state()));
    this.#reporter.start();
    this.#inspection = new Inspection(options.config, {
      groups: this.#groups,
      readiness: () => this.#readiness(),
      state: () => this.#state(),
      page: options.page,
    });
    const { watch, watchDelay } = options.config.get(ConfigOptions);
    const onChange = (): void => this.#signals.readAgain('Found changed files');
    this.#endWatch = watch ? watchConfiguration(options.config, { onChange, quietMs: watchDelay * 1000 }) : () => {};
    log.info(`${options.config.program} version ${options.config.version}`);
    for (const warning of options.config.warnings) log.warning(warning);
    for (const notice of options.config.notices) log.info(notice);
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#shutdown = new ShutdownRunner({
      closeAfterAnswers: () => this.#groups.tell({ type: 'drain' }),
      stopAccepting: () => this.#frontDoor.stopAccepting(this.#groups.all),
      stopWorkers: (half, deadlineMs) => {
        for (const group of this.#groups.all) if (group.half === half) group.stopWorkers(deadlineMs);
      },
      killWorkers: () => {
        for (const group of this.#groups.all) group.killWorkers();
      },
      left: () => this.#groups.left(),
      inFlight: () => this.#groups.inFlight,
      exit: (code) => void this.#finish(code),
    });
    this.#signals = new SignalPolicy({
      config: options.config,
      loggingControl: options.loggingControl,
      workerConfiguration: this.#workerConfiguration,
      shutdown: this.#shutdown,
      groups: this.#groups,
    });
    this.#removeSignals = installSignals({
      SIGTERM: () => this.#signals.onTerminate(),
      SIGINT: () => this.#signals.onInterrupt(),
      SIGHUP: () => this.#signals.onHangUp(),
      SIGUSR2: () => this.#reporter.onSignal(),
    });
    this.#watchdog = new Watchdog(this.#settings.workerWatchdog * 1000, () => this.#groups.workers);
  }

  /** The port of the health listener, once a service has been launched; undefined = off. */
  get healthPort(): number | undefined {
    return this.#inspection.healthPort;
  }

  /** Binds the address of a service and forks its workers. Rejects when the port is taken or the description is wrong. */
  launchService(description: ServiceDescription): Promise<void> {
    return this.#launchOrEnd([description], description.workers, true);
  }

  /**
   * One worker process that contains all of these services, started in this order and stopped in reverse order. It
   * never runs at the same time as its replacement, so it may hold a resource that only one process may hold (an
   * embedded database, queues in memory).
   */
  launchTogether(descriptions: readonly ServiceDescription[]): Promise<void> {
    return this.#launchOrEnd(descriptions, 1, false);
  }

  /** This many worker processes, each with all of these services; `workers` in their descriptions is ignored. */
  launchShared(descriptions: readonly ServiceDescription[], workers: number): Promise<void> {
    return this.#launchOrEnd(descriptions, workers, true);
  }

  /** The address that was bound for a service; undefined when the service has none. */
  address(service: string): { host: string; port: number } | undefined {
    return this.#frontDoor.address(service);
  }

  /** Settles with the exit code when everything has ended. Rejects when no service was launched. */
  async wait(): Promise<number> {
    if (this.#groups.size === 0 && this.#shutdown.phase === 'running') {
      this.#dispose();
      this.#removeSignals();
      throw new LauncherError('NOTHING_STARTED', 'No service was launched, there is nothing to wait for');
    }
    if (!this.#waiting && this.#settings.logOptions && log.isEnabled('DEBUG')) {
      this.#options.config.logOptionValues((line) => log.debug(line));
    }
    this.#waiting = true;
    this.#announceWhenReady();
    return this.#ended;
  }

  /** Drains and ends, as on SIGTERM. */
  terminate(exitCode = 0): void {
    if (this.#shutdown.phase === 'running') this.#shutdown.terminate(this.#signals.plan(exitCode));
  }

  /** If a launch fails, services launched before it are stopped too. */
  async #launchOrEnd(descriptions: readonly ServiceDescription[], workers: number, overlap: boolean): Promise<void> {
    try {
      await this.#launch(descriptions, workers, overlap);
    } catch (error) {
      for (const group of this.#groups.all) group.killWorkers();
      await this.#untilGone();
      this.#dispose();
      this.#removeSignals();
      throw error;
    }
  }

  async #launch(descriptions: readonly ServiceDescription[], workers: number, overlap: boolean): Promise<void> {
    for (const description of descriptions) checkDescription(description);
    await this.#inspection.open();
    const { orders, dispatchers } = await this.#frontDoor.open(descriptions);
    if (this.#shutdown.phase !== 'running') return;
    const group = this.#makeGroup(descriptions, { workers, overlap, services: orders, dispatchers });
    this.#groups.add(group);
    group.start();
    this.#watchdog.start();
  }

  #makeGroup(
    descriptions: readonly ServiceDescription[],
    parts: Pick<WorkerGroupOptions, 'workers' | 'overlap' | 'dispatchers'> & { services: readonly ServiceOrder[] },
  ): WorkerGroup {
    const { services, workers, overlap, dispatchers } = parts;
    const { config } = this.#options;
    const names = descriptions.map((description) => description.name);
    const name = names.join('+');
    const title = workerTitle(this.#settings.setproctitle, config.program, name);
    return new WorkerGroup({
      name,
      services: names,
      half: descriptions.some((description) => halfOf(description) === 'api') ? 'api' : 'rpc',
      workers,
      overlap,
      childModule,
      title: `${config.program}: ${name} worker`,
      dispatchers,
      startMessage: (index) => ({
        type: 'start',
        index,
        services,
        title,
        configuration: this.#workerConfiguration.state(),
      }),
      isRunning: () => this.#shutdown.phase === 'running',
      onNotLoadable: (group, service, error) => this.#onNotLoadable(group, service, error),
      onUnrecoverable: (_group, service, error) => this.#onUnrecoverable(descriptions, service, error),
      onHealth: () => this.#announceWhenReady(),
      onReportWanted: () => this.#reporter.onSignal(),
      onWorkerGone: () => this.#shutdown.workersChanged(),
      lostWithWorker: descriptions.flatMap(({ lostWithWorker }) => lostWithWorker ?? []),
    });
  }

  #announceWhenReady(): void {
    if (this.#saidReady || !this.#waiting || !this.#groups.haveStarted) return;
    if (!this.#readiness().ready) return;
    this.#saidReady = true;
    log.info('All services are ready', { workers: this.#groups.workers.length });
    notifyReady();
    this.#options.onReady?.();
  }

  #onNotLoadable(group: WorkerGroup, service: string, error: ReportedError): void {
    if (this.#leftOut.has(service)) return;
    this.#leftOut.add(service);
    group.leaveOut(service);
    log.warning(`Could not load ${service}, it is left out: ${error.message}`);
    this.#frontDoor.closeListener(service);
    if (group.services.length > 0) return;
    if (this.#groups.size > 1) {
      this.#groups.remove(group);
      group.stopWorkers(undefined);
      this.#announceWhenReady();
      return;
    }
    log.error('No service was started: none of those that were asked for can be loaded.');
    this.terminate(1);
  }

  #onUnrecoverable(descriptions: readonly ServiceDescription[], service: string, error: ReportedError): void {
    if (this.#shutdown.phase !== 'running') return;
    log.critical('Unrecoverable error: please check log for details.', { service, cause: error.message });
    const failed = descriptions.find((description) => description.name === service);
    const what = failed === undefined ? service : `the ${halfOf(failed)} half (${service})`;
    this.#endedFirst = `${what} ended first: ${error.message}`;
    this.#shutdown.terminate(this.#signals.plan(1));
  }

  async #finish(code: number): Promise<void> {
    await this.#untilGone();
    // The signal handlers stay: a signal that arrives now must not replace the exit code.
    this.#dispose();
    if (this.#endedFirst !== undefined) log.error(`${this.#endedFirst}; the rest was drained, exiting with ${code}`);
    else log.info(`Exiting with ${code}`);
    await this.#options.loggingControl?.flush();
    this.#end(code);
  }

  /** Killed workers need a moment to exit. */
  async #untilGone(): Promise<void> {
    const until = performance.now() + killedGoneMs;
    while (this.#groups.workers.length > 0 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  #dispose(): void {
    this.#endWatch();
    this.#watchdog.stop();
    this.#reporter.stop();
    this.#inspection.close();
  }

  #readiness(): Readiness {
    const { phase } = this.#shutdown;
    const accepting = phase === 'unready' && this.#options.config.get(HealthOptions).readyWhileAccepting;
    return this.#groups.readiness(phase !== 'running' && !accepting);
  }

  #state(): Promise<StateReport> {
    const { phase } = this.#shutdown;
    return gatherState({ config: this.#options.config, phase, readiness: this.#readiness(), groups: this.#groups.all });
  }
}

function halfOf(description: ServiceDescription): Half {
  return description.half ?? (description.listen === undefined ? 'rpc' : 'api');
}

function checkDescription(description: ServiceDescription): void {
  const { name, workers, module } = description;
  if (name === '' || !module.startsWith('file:')) {
    throw new LauncherError('NOT_A_SERVICE', `Service ${name} must have a name and a module given as a file: URL`);
  }
  if (!Number.isInteger(workers) || workers < 1) {
    throw new LauncherError(
      'BAD_WORKER_COUNT',
      `${name} workers value of ${workers} is invalid, must be greater than 0`,
    );
  }
}
