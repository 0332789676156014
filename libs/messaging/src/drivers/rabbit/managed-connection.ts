import { randomUUID } from 'node:crypto';
import { connect, credentials } from 'amqplib';
import type { ChannelModel } from 'amqplib';
import { MessagingError } from '../../errors.js';
import type { MessagingObserver } from '../../transport/messaging-observer.js';
import type { RabbitSettings } from '../../transport/rabbit-settings.js';
import type { RabbitHost } from '../../transport/transport-url.js';
import { textOf } from '../../wire/failure.js';
import { within } from '../../timing/within.js';
import { connectionFault } from './connection-fault.js';
import type { Attempt } from './connection-fault.js';
import { FrameWriter } from './frame-writer.js';
import { joinWrites } from './joined-writes.js';
import { lastWordsMs } from './publish-channel.js';
import { tlsOptions } from './tls-options.js';

export interface ConnectionPlan {
  readonly hosts: readonly RabbitHost[];
  readonly virtualHost: string;
  readonly rabbit: RabbitSettings;
  readonly program: string;
  readonly observer: MessagingObserver;
}

export interface ConnectionEvents {
  /** Makes the channels; a rejection counts as a failed attempt. */
  readonly onOpen: (model: ChannelModel) => Promise<void>;
  readonly onLost: () => void;
  /** Called before the connection moves to its own host: false = not now. */
  readonly mayMove?: () => Promise<boolean>;
  /** Another connection has replaced one that still works; the old one is closed when this resolves. */
  readonly onMoved: (model: ChannelModel) => Promise<void>;
  readonly onBlocked?: (blocked: boolean) => void;
}

const closeTimeoutMs = 2_000;

/** Time for something that a broker usually does in milliseconds; after it, the connection is probed. */
export const lateMs = 2_000;
/** If a broker has not opened a channel by then, it does nothing on the connection. */
const pulseMs = 3_000;
/** Limits how often connections are replaced, so that an overloaded broker does not get new ones all the time. */
const cutEveryMs = 15_000;

/** A node that hung is avoided for this long: when it resumes, it first has to catch up with the others. */
const distrustMs = 40_000;

interface Opened {
  readonly model: ChannelModel;
  readonly writer: FrameWriter | null;
}

/**
 * One connection that reconnects by itself: next host, growing waits, one log line for each change. Each connection has
 * a preferred host, chosen at random; from another host it moves back once the preferred one accepts it, so that a
 * fleet is spread over a cluster again after a node was down.
 */
export class ManagedConnection {
  #model: ChannelModel | null = null;
  #writer: FrameWriter | null = null;
  #stopped = false;
  #attempt = 0;
  #host: number;
  readonly #home: number;
  #homeTimer: NodeJS.Timeout | null = null;
  #timer: NodeJS.Timeout | null = null;
  #lastReason: string | null = null;
  #pulsing = false;
  #cutAt = -Infinity;
  /** During an alarm the broker reads nothing from a connection that publishes, and reports this. */
  #blocked = false;
  readonly #plan: ConnectionPlan;

  constructor(
    plan: ConnectionPlan,
    readonly purpose: 'publish' | 'consume',
    readonly events: ConnectionEvents,
  ) {
    this.#plan = plan;
    this.#home = Math.floor(Math.random() * plan.hosts.length);
    this.#host = this.#home;
  }

  get model(): ChannelModel | null {
    return this.#model;
  }

  /** Writes frames without amqplib on the newest connection; null when amqplib's internals are not as expected. */
  get writer(): FrameWriter | null {
    return this.#writer;
  }

  start(): void {
    void this.#connect();
  }

  async #connect(): Promise<void> {
    if (this.#stopped) return;
    let model: ChannelModel | null = null;
    try {
      const opened = await this.#open(this.#attempted());
      model = opened.model;
      if (this.#stopped) return await closeQuietly(model);
      this.#take(opened);
      await within(this.#plan.rabbit.connectTimeoutMs, this.events.onOpen(model));
      if (this.#model !== model) return;
      if (this.#lastReason !== null) this.#plan.observer.info?.(`connected to the broker again (${this.purpose})`);
      this.#attempt = 0;
      this.#lastReason = null;
      this.#planHome();
    } catch (error) {
      const failed = model !== null && this.#model === model;
      if (model !== null) {
        this.#model = failed ? null : this.#model;
        await closeQuietly(model);
        // Its close event has already scheduled the next attempt.
        if (!failed) return;
      }
      const fault = model === null ? await connectionFault(this.#attempted(), error) : error;
      this.#host += rabbitStep(this.#plan);
      this.#retry(fault);
    }
  }

  #take({ model, writer }: Opened): void {
    this.#watch(model);
    this.#model = model;
    this.#writer = writer;
    this.#blocked = false;
  }

  #planHome(): void {
    const { hosts, rabbit } = this.#plan;
    if (this.#homeTimer !== null) clearTimeout(this.#homeTimer);
    if ((this.#host - this.#home) % hosts.length === 0) return;
    const waitMs = Math.max(rabbit.homeEveryMs, this.#cutAt + distrustMs - performance.now());
    this.#homeTimer = setTimeout(() => void this.#goHome(), waitMs * (0.75 + Math.random() / 2)).unref();
  }

  async #goHome(): Promise<void> {
    const before = this.#model;
    if (this.#stopped || before === null) return;
    let opened: Opened;
    try {
      opened = await this.#open(this.#attempted(this.#home));
    } catch {
      // The host is still down.
      return this.#planHome();
    }
    const mayMove = (await this.events.mayMove?.()) ?? true;
    if (!mayMove || this.#stopped || this.#model !== before) {
      await closeQuietly(opened.model);
      return this.#planHome();
    }
    this.#host = this.#home;
    this.#take(opened);
    this.#plan.observer.info?.(`moved back to its own host of the broker (${this.purpose})`);
    try {
      await this.events.onMoved(opened.model);
    } catch {
      // Lost at once: its close event, or this, leads to the next attempt.
      await closeQuietly(opened.model);
    }
    setTimeout(() => void closeQuietly(before), lastWordsMs).unref();
  }

  /** Why there is no connection; null while there is one. */
  get fault(): string | null {
    return this.#model === null ? this.#lastReason : null;
  }

  #attempted(at = this.#host): Attempt {
    const { hosts, virtualHost, rabbit } = this.#plan;
    const host = hosts[at % hosts.length];
    if (host === undefined) throw new Error('no host to connect to');
    return { host, virtualHost, tls: rabbit.tls };
  }

  async #open({ host, virtualHost, tls }: Attempt): Promise<Opened> {
    const { rabbit, program } = this.#plan;
    const model = await connect(
      {
        protocol: tls === null ? 'amqp' : 'amqps',
        hostname: host.hostname,
        port: host.port,
        username: host.username,
        password: host.password,
        vhost: encodeURIComponent(virtualHost),
        heartbeat: rabbit.heartbeatSeconds,
      },
      {
        // Without it a call waits 44 ms for the other side's delayed acknowledgement.
        noDelay: true,
        keepAlive: true,
        timeout: rabbit.connectTimeoutMs,
        ...login(rabbit.loginMethod, host),
        clientProperties: { connection_name: `${program}:${process.pid}:${randomUUID()}:${this.purpose}` },
        ...tlsOptions(tls),
      },
    );
    const turn = joinWrites(model.connection);
    if (turn === null) this.#plan.observer.warn?.('amqplib has changed: frames are written its own, slower way');
    return { model, writer: turn === null ? null : new FrameWriter(turn) };
  }

  #watch(model: ChannelModel): void {
    let reason: unknown = new Error('the connection was closed');
    model.on('error', (error) => (reason = error));
    const block = (blocked: boolean): void => {
      if (this.#model !== model) return;
      this.#blocked = blocked;
      this.events.onBlocked?.(blocked);
    };
    model.on('blocked', () => block(true));
    model.on('unblocked', () => block(false));
    model.on('close', (error) => {
      if (this.#model !== model) return;
      block(false);
      this.#model = null;
      this.events.onLost();
      this.#retry(error ?? reason);
    });
  }

  /**
   * Probes the broker on this connection, and closes the connection if there is no response. Heartbeats are not
   * sufficient: a hung node keeps the connection for twice their interval, and a node that holds a connection back
   * still sends them.
   */
  async doubt(): Promise<void> {
    const model = this.#model;
    if (model === null || this.#pulsing || this.#blocked || performance.now() - this.#cutAt < cutEveryMs) return;
    this.#pulsing = true;
    try {
      await within(pulseMs, pulse(model));
    } catch (error) {
      // Any response shows that the broker is alive.
      if (!(error instanceof MessagingError)) return;
      if (this.#model !== model || this.#blocked || this.#stopped) return;
      this.#cutAt = performance.now();
      this.#host += rabbitStep(this.#plan);
      cut(model, error);
    } finally {
      this.#pulsing = false;
    }
  }

  #retry(error: unknown): void {
    if (this.#stopped) return;
    const { reconnectMinMs, reconnectMaxMs } = this.#plan.rabbit;
    const waitMs = Math.min(reconnectMaxMs, reconnectMinMs * 2 ** Math.min(this.#attempt, 10));
    this.#attempt += 1;
    const reason = typeof error === 'string' ? error : textOf(error);
    if (reason !== this.#lastReason) {
      this.#lastReason = reason;
      this.#plan.observer.warn?.(`no connection to the broker (${this.purpose}): trying again`, { reason });
    }
    // Jitter, so that a fleet does not reconnect at the same moment.
    this.#timer = setTimeout(() => void this.#connect(), waitMs * (0.75 + Math.random() / 2));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#homeTimer !== null) clearTimeout(this.#homeTimer);
    const model = this.#model;
    this.#model = null;
    if (model !== null) await closeQuietly(model);
  }
}

/** How many hosts to advance for the next attempt. */
function rabbitStep({ hosts, rabbit }: ConnectionPlan): number {
  return rabbit.failoverStrategy === 'shuffle' ? 1 + Math.floor(Math.random() * hosts.length) : 1;
}

/** amqplib's own login method is PLAIN. */
function login(method: RabbitSettings['loginMethod'], { username, password }: RabbitHost): object {
  if (method === 'PLAIN') return {};
  if (method === 'AMQPLAIN') return { credentials: credentials.amqplain(username, password) };
  return { credentials: credentials.external() };
}

/** Closes a connection; if the broker does not respond, the socket is destroyed. */
async function closeQuietly(model: ChannelModel): Promise<void> {
  model.on('error', () => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closeTimeoutMs);
  });
  try {
    await Promise.race([model.close(), late]);
  } catch {
    // It was already closed.
  } finally {
    clearTimeout(timer);
  }
  cut(model);
}

/** Ends a connection without waiting for the broker. */
function cut(model: ChannelModel, reason?: unknown): void {
  const stream: unknown = Reflect.get(model.connection, 'stream');
  if (typeof stream === 'object' && stream !== null && 'destroy' in stream && typeof stream.destroy === 'function') {
    stream.destroy(reason);
  }
}

async function pulse(model: ChannelModel): Promise<void> {
  const channel = await model.createChannel();
  channel.on('error', () => undefined);
  await channel.close();
}
