import { close as closeInspector } from 'node:inspector';
import type { Socket } from 'node:net';
import type { ConfigurationState } from '#libs/config';
import { Configuration } from '#libs/config';
import type { LoggingControl } from '#libs/telemetry';
import {
  collectProcessMetrics,
  getLogger,
  hasMetrics,
  setupLogging,
  setupTracing,
  snapshotMetrics,
  stopTracing,
} from '#libs/telemetry';
import { LoggingOptions, TracingOptions } from '#libs/telemetry/options';
import type { JsonValue, ServiceHealth } from '../service.js';
import { ServiceNotLoadable } from '../launcher.errors.js';
import type { ParentMessage, StartMessage, WorkerMessage } from '../messages.js';
import { HostedService, inFlightGauge } from './hosted-service.js';
import { WorkerReport } from './worker-report.js';

const log = getLogger('albireo.launcher');
const exitFailure = 1;
/** How long sending the last spans may take: a collector that is down must not delay a rolling restart. */
const spansMs = 2_000;

/** The life of a worker process, from its first message to its end. */
export class WorkerMain {
  readonly #tell: (message: WorkerMessage) => void;
  readonly #exit: (code: number) => void;
  readonly #report = new WorkerReport();
  #services: HostedService[] = [];
  #config: Configuration | undefined;
  #logging: LoggingControl | undefined;
  #stopping: Promise<void> | undefined;

  constructor(tell: (message: WorkerMessage) => void, exit: (code: number) => void) {
    this.#tell = tell;
    this.#exit = exit;
  }

  get isStopping(): boolean {
    return this.#stopping !== undefined;
  }

  async receive(message: ParentMessage, socket: Socket | undefined): Promise<void> {
    switch (message.type) {
      case 'start':
        return this.#start(message);
      case 'connection':
        return this.#take(message.id, message.service, socket);
      case 'drain':
        for (const { gate } of this.#services) gate?.drain();
        return;
      case 'stop':
        return this.stop(message.deadlineMs ?? Number.POSITIVE_INFINITY, 0);
      case 'mutate':
        return this.#mutate(message.configuration);
      case 'ping':
        this.#tell({ type: 'pong', id: message.id, health: this.#health(), inFlight: this.#inFlight() });
        return;
      case 'ask':
        this.#tell({ type: 'answer', id: message.id, value: await this.#answer(message.what) });
        return;
      case 'close-inspector':
        closeInspector();
    }
  }

  /** Finishes work in flight and exits with `code`; with 1 when `deadlineMs` is over before. */
  stop(deadlineMs: number, code: number): Promise<void> {
    this.#stopping ??= this.#stop(deadlineMs, code);
    return this.#stopping;
  }

  async #start(message: StartMessage): Promise<void> {
    if (message.title !== undefined) process.title = message.title;
    const config = Configuration.fromState(message.configuration);
    this.#config = config;
    const { program, version } = config;
    const worker = `${message.services.map(({ name }) => name).join('+')} ${message.index}`;
    this.#logging = setupLogging(config.get(LoggingOptions), { program, version, worker });
    setupTracing(config.get(TracingOptions), config);
    this.#services = message.services.map((order) => new HostedService(order, this.#tell));
    let stage: 'create' | 'start' = 'create';
    let name = '';
    try {
      for (const service of this.#services) {
        name = service.name;
        await this.#create(service, message.index, config);
      }
      stage = 'start';
      for (const service of this.#services) {
        name = service.name;
        await service.start();
      }
    } catch (error) {
      if (!this.isStopping) this.#fail(stage, name, error);
      return;
    }
    if (!this.isStopping) this.#tell({ type: 'ready', health: this.#health() });
  }

  async #create(service: HostedService, index: number, config: Configuration): Promise<void> {
    try {
      await service.create(index, config);
    } catch (error) {
      if (!(error instanceof ServiceNotLoadable)) throw error;
      this.#services = this.#services.filter((other) => other !== service);
      const { message, stack = '' } = error;
      this.#tell({ type: 'failed', stage: 'load', service: service.name, error: { message, stack } });
    }
  }

  #fail(stage: 'create' | 'start', service: string, error: unknown): void {
    log.exception(error, `Could not ${stage} the service ${service}`);
    const { message, stack } = error instanceof Error ? error : { message: String(error), stack: '' };
    this.#tell({ type: 'failed', stage, service, error: { message, stack: stack ?? '' } });
    this.#exit(exitFailure);
  }

  #take(id: number, name: string, socket: Socket | undefined): void {
    this.#tell({ type: 'taken', id });
    // Without a handle: the client closed the connection while it was being passed on.
    if (socket === undefined) return;
    socket.on('error', () => undefined);
    const service = this.#services.find((candidate) => candidate.name === name);
    if (service === undefined) socket.destroy();
    else service.receive(socket);
  }

  async #mutate(state: ConfigurationState): Promise<void> {
    try {
      const hookErrors = this.#config?.applyState(state).hookErrors ?? [];
      for (const error of hookErrors) log.exception(error, 'A changed option could not be taken over everywhere');
      this.#logging?.refresh();
      for (const service of this.#services) await service.reset();
    } catch (error) {
      log.exception(error, 'The worker could not take the changed configuration; it goes on with the old one');
    }
  }

  async #stop(deadlineMs: number, code: number): Promise<void> {
    const until = performance.now() + deadlineMs;
    const left = (): number => Math.max(0, until - performance.now());
    const timer = Number.isFinite(deadlineMs) ? setTimeout(() => this.#exit(exitFailure), deadlineMs) : undefined;
    let result = code;
    // Requests first: they may need any service of this process.
    await this.#finishRequests(deadlineMs);
    for (const service of this.#services.toReversed()) {
      const startedMs = performance.now();
      try {
        await service.stop(left());
        log.info(`Stopped ${service.name}`, { seconds: secondsSince(startedMs) });
      } catch (error) {
        log.exception(error, `The service ${service.name} did not stop cleanly`);
        result = exitFailure;
      }
    }
    await stopTracing(Math.min(left(), spansMs));
    if (hasMetrics()) this.#tell({ type: 'last-metrics', metrics: await metricsAsJson() });
    clearTimeout(timer);
    await this.#logging?.flush();
    this.#exit(result);
  }

  async #finishRequests(deadlineMs: number): Promise<void> {
    const gates = this.#services.flatMap(({ gate }) => gate ?? []);
    if (gates.length === 0) return;
    const startedMs = performance.now();
    const connections = gates.reduce((sum, gate) => sum + gate.connections, 0);
    const budget = Number.isFinite(deadlineMs) ? `${Math.round(deadlineMs / 100) / 10} s` : 'none';
    log.info('Finishing the requests in flight', { requests: this.#inFlight(), connections, budget });
    await Promise.all(gates.map((gate) => gate.close()));
    log.info('All requests are answered, all connections closed', { seconds: secondsSince(startedMs) });
  }

  #health(): Record<string, ServiceHealth> {
    return Object.fromEntries(this.#services.map((service) => [service.name, service.health()]));
  }

  #inFlight(): number {
    return this.#services.reduce((sum, service) => sum + service.inFlight, 0);
  }

  async #answer(what: 'report' | 'metrics'): Promise<JsonValue> {
    if (what === 'report') return this.#report.describe(this.#services);
    collectProcessMetrics();
    inFlightGauge(() => this.#services);
    return metricsAsJson();
  }
}

const secondsSince = (startedMs: number): number => Math.round(performance.now() - startedMs) / 1000;

/** Through JSON, since that is the form in which it is sent, and the type of the metrics belongs to another library. */
async function metricsAsJson(): Promise<JsonValue> {
  return JSON.parse(JSON.stringify(await snapshotMetrics())) as JsonValue;
}
