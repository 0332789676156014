import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import { constants } from 'node:os';
import type { Socket } from 'node:net';
import type { JsonValue } from '../service.js';
import type { MetricSnapshot } from '#libs/telemetry';
import type { ServiceHealth } from '../service.js';
import { unwrapWorkerMessage, wrap } from '../messages.js';
import type { FailureStage, ParentMessage, ReportedError, StartMessage, WorkerMessage } from '../messages.js';
import type { ConnectionTaker } from '../listen/connection-dispatcher.js';

export type WorkerState = 'starting' | 'ready' | 'stopping' | 'gone';

/** The events that a worker process reports to its group. */
export interface WorkerEvents {
  ready(worker: WorkerProcess): void;
  failed(worker: WorkerProcess, stage: FailureStage, service: string, error: ReportedError): void;
  leaving(worker: WorkerProcess): void;
  health(worker: WorkerProcess): void;
  reportWanted(): void;
  gone(worker: WorkerProcess): void;
}

interface Untaken {
  readonly service: string;
  readonly socket: Socket;
}

const signalNumbers: Readonly<Record<string, number>> = { ...constants.signals };

let nextConnection = 1;
let nextQuestion = 1;

/** One forked process as the parent sees it. */
export class WorkerProcess implements ConnectionTaker {
  readonly index: number;
  readonly startedAtMs = performance.now();
  /** Its last reported metrics; empty until then. */
  lastMetrics: readonly MetricSnapshot[] = [];
  readonly #worker: Worker;
  readonly #events: WorkerEvents;
  readonly #untaken = new Map<number, Untaken>();
  readonly #questions = new Map<number, (value: JsonValue | undefined) => void>();
  readonly #health = new Map<string, ServiceHealth>();
  /** Messages to send once the worker listens; undefined = it listens. */
  #outbox: ParentMessage[] | undefined;
  #state: WorkerState = 'starting';
  #reachedReady = false;
  #wasStopped = false;
  #failure: ReportedError | undefined;
  #how = '';
  #endedBy: string | undefined;
  #lastSeenMs = performance.now();
  #pingRoundTripMs: number | undefined;
  #pingSent: { id: number; atMs: number } | undefined;
  #inFlight = 0;

  constructor(childModule: string, title: string, start: StartMessage, events: WorkerEvents) {
    this.index = start.index;
    this.#events = events;
    // The title appears in the process list as an argument; forks of other groups set their own just before. The
    // inspector's port is only opened if the watchdog requests it (SIGUSR1); 0 = a free one.
    const execArgv = [...process.execArgv, '--inspect-port=0'];
    cluster.setupPrimary({ exec: childModule, args: [title], execArgv, inspectPort: 0 });
    this.#worker = cluster.fork();
    this.#worker.on('message', (message: unknown) => this.#receive(message));
    this.#worker.on('exit', (code, signal) => this.#exited(code, signal));
    // A message was sent on a closed channel: `exit` follows and handles it.
    this.#worker.on('error', () => undefined);
    this.#outbox = [start];
  }

  get pid(): number {
    return this.#worker.process.pid ?? 0;
  }

  get state(): WorkerState {
    return this.#state;
  }

  get untaken(): number {
    return this.#untaken.size;
  }

  get health(): ReadonlyMap<string, ServiceHealth> {
    return this.#health;
  }

  /** How it ended, in oslo.service's words, once it is gone. */
  get how(): string {
    return this.#how;
  }

  /** The signal that ended it. */
  get endedBy(): string | undefined {
    return this.#endedBy;
  }

  get reachedReady(): boolean {
    return this.#reachedReady;
  }

  /** Whether it was told to stop. */
  get wasStopped(): boolean {
    return this.#wasStopped;
  }

  /** The error that it reported before it ended with a failure. */
  get failure(): ReportedError | undefined {
    return this.#failure;
  }

  /** Requests in flight when it last answered. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** How long the last ping waited for its event loop, in ms. */
  get pingRoundTripMs(): number | undefined {
    return this.#pingRoundTripMs;
  }

  /** Ms since its last message. */
  silentForMs(nowMs: number): number {
    return nowMs - this.#lastSeenMs;
  }

  give(service: string, socket: Socket): void {
    const id = nextConnection;
    nextConnection += 1;
    this.#untaken.set(id, { service, socket });
    // Kept open here until the worker confirms that it has it: if it dies before, another worker gets the connection.
    this.#worker.send(wrap({ type: 'connection', id, service }), socket, { keepOpen: true }, () => undefined);
  }

  /** The connections that it never took over, for other workers; only once it is gone. */
  takeBack(): Untaken[] {
    const left = [...this.#untaken.values()];
    this.#untaken.clear();
    return left;
  }

  send(message: ParentMessage): void {
    if (this.#outbox !== undefined) this.#outbox.push(message);
    else if (this.#worker.isConnected()) this.#worker.send(wrap(message), () => undefined);
  }

  /** Asks and waits; undefined when the worker does not answer in time or ends. */
  ask(what: 'report' | 'metrics', timeoutMs: number): Promise<JsonValue | undefined> {
    const id = nextQuestion;
    nextQuestion += 1;
    return new Promise((resolve) => {
      const settle = (value: JsonValue | undefined): void => {
        clearTimeout(timer);
        this.#questions.delete(id);
        resolve(value);
      };
      const timer = setTimeout(() => settle(undefined), timeoutMs);
      this.#questions.set(id, settle);
      this.send({ type: 'ask', id, what });
    });
  }

  ping(): void {
    if (this.#pingSent !== undefined || this.#state === 'gone') return;
    this.#pingSent = { id: nextQuestion, atMs: performance.now() };
    nextQuestion += 1;
    this.send({ type: 'ping', id: this.#pingSent.id });
  }

  /** @param deadlineMs the remaining time for draining; undefined = no limit */
  stop(deadlineMs: number | undefined): void {
    if (this.#state === 'gone') return;
    this.#state = 'stopping';
    this.#wasStopped = true;
    this.send({ type: 'stop', deadlineMs: deadlineMs ?? null });
  }

  kill(): void {
    if (this.#state !== 'gone') this.#worker.process.kill('SIGKILL');
  }

  #receive(value: unknown): void {
    const message = unwrapWorkerMessage(value);
    if (message === undefined) return;
    this.#lastSeenMs = performance.now();
    this.#handle(message);
  }

  #handle(message: WorkerMessage): void {
    switch (message.type) {
      case 'hello':
        this.#sendOutbox();
        return;
      case 'ready':
        this.#noteHealth(message.health);
        if (this.#state === 'starting') {
          this.#state = 'ready';
          this.#reachedReady = true;
          this.#events.ready(this);
        }
        return;
      case 'failed':
        this.#failure = message.error;
        this.#events.failed(this, message.stage, message.service, message.error);
        return;
      case 'taken':
        this.#untaken.get(message.id)?.socket.destroy();
        this.#untaken.delete(message.id);
        return;
      case 'leaving':
        this.#events.leaving(this);
        return;
      case 'pong':
        if (this.#pingSent?.id === message.id) this.#pingRoundTripMs = performance.now() - this.#pingSent.atMs;
        this.#pingSent = undefined;
        this.#inFlight = message.inFlight;
        this.#noteHealth(message.health);
        this.#events.health(this);
        return;
      case 'report-wanted':
        this.#events.reportWanted();
        return;
      case 'health':
        this.#health.set(message.service, message.health);
        this.#events.health(this);
        return;
      case 'answer':
        this.#questions.get(message.id)?.(message.value);
        return;
      case 'last-metrics':
        if (Array.isArray(message.metrics)) this.lastMetrics = message.metrics as MetricSnapshot[];
        return;
      case 'bye':
    }
  }

  #sendOutbox(): void {
    const messages = this.#outbox ?? [];
    this.#outbox = undefined;
    // A worker that must stop before it was told what to run needs only the `stop` message.
    const stop = messages.find((message) => message.type === 'stop');
    for (const message of stop === undefined ? messages : [stop]) this.send(message);
  }

  #noteHealth(health: Readonly<Record<string, ServiceHealth>>): void {
    for (const [service, one] of Object.entries(health)) this.#health.set(service, one);
  }

  #exited(code: number | null, signal: string | null): void {
    this.#how =
      signal === null ? `exited with status ${code ?? 0}` : `killed by signal ${signalNumbers[signal] ?? signal}`;
    this.#endedBy = signal ?? undefined;
    this.#state = 'gone';
    for (const settle of this.#questions.values()) settle(undefined);
    this.#events.gone(this);
  }
}
