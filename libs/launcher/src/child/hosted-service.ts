import type { Socket } from 'node:net';
import type { Configuration } from '#libs/config';
import { LauncherError } from '../launcher.errors.js';
import type { Service, ServiceHealth, ServiceModule, WorkerContext } from '../service.js';
import type { ServiceOrder, WorkerMessage } from '../messages.js';
import { ConnectionGate } from './connection-gate.js';
import type { Gauge } from '#libs/telemetry';
import { gauge } from '#libs/telemetry';

/** Requests in flight at the time of the scrape, by service. */
export function inFlightGauge(services: () => readonly HostedService[]): Gauge {
  return gauge({
    name: 'albireo_http_requests_in_flight',
    help: 'HTTP requests that are being answered',
    labels: ['service'],
    collect: (metric) => {
      for (const { name, inFlight, gate } of services())
        if (gate !== undefined) metric.set({ service: name }, inFlight);
    },
  });
}

const untilAttachedMs = 30_000;

function isServiceModule(module: unknown): module is ServiceModule {
  return (
    typeof module === 'object' &&
    module !== null &&
    'createService' in module &&
    typeof module.createService === 'function'
  );
}

function isService(value: unknown): value is Service {
  return (
    typeof value === 'object' &&
    value !== null &&
    'start' in value &&
    typeof value.start === 'function' &&
    'stop' in value &&
    typeof value.stop === 'function'
  );
}

/** One service inside a worker process, with its connections. */
export class HostedService {
  readonly name: string;
  readonly #order: ServiceOrder;
  readonly #tell: (message: WorkerMessage) => void;
  #service: Service | undefined;
  #gate: ConnectionGate | undefined;
  #early: Socket[] = [];
  #reported: ServiceHealth | undefined;

  constructor(order: ServiceOrder, tell: (message: WorkerMessage) => void) {
    this.name = order.name;
    this.#order = order;
    this.#tell = tell;
  }

  get gate(): ConnectionGate | undefined {
    return this.#gate;
  }

  get inFlight(): number {
    return this.#gate?.inFlight ?? 0;
  }

  async create(index: number, config: Configuration): Promise<void> {
    const module: unknown = await import(this.#order.module);
    if (!isServiceModule(module)) {
      throw new LauncherError(
        'NOT_A_SERVICE',
        `${this.#order.module} exports no function createService(context), which a service module must`,
      );
    }
    const service: unknown = await module.createService(this.#context(index, config));
    if (!isService(service)) {
      throw new LauncherError(
        'NOT_A_SERVICE',
        `createService of ${this.#order.module} did not give an object with start() and stop()`,
      );
    }
    this.#service = service;
  }

  async start(): Promise<void> {
    await this.#service?.start();
  }

  async stop(deadlineMs: number): Promise<void> {
    await this.#service?.stop(deadlineMs);
  }

  async reset(): Promise<void> {
    await this.#service?.reset?.();
  }

  health(): ServiceHealth {
    return this.#service?.health?.() ?? this.#reported ?? { ready: true };
  }

  report(): unknown {
    return this.#service?.report?.();
  }

  receive(socket: Socket): void {
    if (this.#gate !== undefined) {
      this.#gate.receive(socket);
      return;
    }
    // A service that attaches its server only after start() has settled: its first connections wait a little.
    this.#early.push(socket);
    socket.setTimeout(untilAttachedMs, () => socket.destroy());
  }

  #context(index: number, config: Configuration): WorkerContext {
    const { name, listen, settings } = this.#order;
    return {
      name,
      index,
      program: config.program,
      version: config.version,
      config,
      settings,
      listen,
      address: () => {
        if (listen === undefined) throw new LauncherError('CANNOT_LISTEN', `${name} was launched without an address`);
        return { host: listen.host, port: listen.port };
      },
      attachServer: (server) => {
        const gate = new ConnectionGate(server);
        this.#gate = gate;
        for (const socket of this.#early.splice(0)) {
          socket.setTimeout(0);
          socket.removeAllListeners('timeout');
          gate.receive(socket);
        }
      },
      reportHealth: (health) => {
        this.#reported = health;
        this.#tell({ type: 'health', service: name, health });
      },
      giveUp: (error) => {
        this.#tell({
          type: 'failed',
          stage: 'run',
          service: name,
          error: { message: error.message, stack: error.stack ?? '' },
        });
      },
    };
  }
}
