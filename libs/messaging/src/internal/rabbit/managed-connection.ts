import { randomUUID } from 'node:crypto';
import { connect, credentials } from 'amqplib';
import type { ChannelModel } from 'amqplib';
import type { MessagingObserver } from '../../messaging-observer.js';
import type { RabbitSettings } from '../../rabbit-settings.js';
import type { RabbitHost } from '../../transport-url.js';
import { textOf } from '../failure.js';
import { connectionFault } from './connection-fault.js';
import type { Attempt } from './connection-fault.js';
import { FrameWriter } from './frame-writer.js';
import { joinWrites } from './joined-writes.js';
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
  readonly onBlocked?: (blocked: boolean) => void;
}

const closeTimeoutMs = 2_000;

/** One connection that comes back by itself: next host, growing waits, one log line for each change. */
export class ManagedConnection {
  #model: ChannelModel | null = null;
  #writer: FrameWriter | null = null;
  #stopped = false;
  #attempt = 0;
  #host: number;
  #timer: NodeJS.Timeout | null = null;
  #lastReason: string | null = null;
  readonly #plan: ConnectionPlan;

  constructor(
    plan: ConnectionPlan,
    readonly purpose: 'publish' | 'consume',
    readonly events: ConnectionEvents,
  ) {
    this.#plan = plan;
    this.#host = Math.floor(Math.random() * plan.hosts.length);
  }

  get model(): ChannelModel | null {
    return this.#model;
  }

  /** Writes frames past amqplib on the newest connection; null when its internals are not the known ones. */
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
      model = await this.#open();
      if (this.#stopped) return await closeQuietly(model);
      this.#watch(model);
      this.#model = model;
      await this.events.onOpen(model);
      if (this.#model !== model) return;
      if (this.#lastReason !== null) this.#plan.observer.info?.(`connected to the broker again (${this.purpose})`);
      this.#attempt = 0;
      this.#lastReason = null;
    } catch (error) {
      const failed = model !== null && this.#model === model;
      if (model !== null) {
        this.#model = failed ? null : this.#model;
        await closeQuietly(model);
        // Its close event has already asked for the next attempt.
        if (!failed) return;
      }
      const fault = model === null ? await connectionFault(this.#attempted(), error) : error;
      this.#host += rabbitStep(this.#plan);
      this.#retry(fault);
    }
  }

  /** Why there is no connection; null while there is one. */
  get fault(): string | null {
    return this.#model === null ? this.#lastReason : null;
  }

  #attempted(): Attempt {
    const { hosts, virtualHost, rabbit } = this.#plan;
    const host = hosts[this.#host % hosts.length];
    if (host === undefined) throw new Error('no host to connect to');
    return { host, virtualHost, tls: rabbit.tls };
  }

  async #open(): Promise<ChannelModel> {
    const { rabbit, program } = this.#plan;
    const { host, virtualHost, tls } = this.#attempted();
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
        // Without it a call waits for the other side's delayed acknowledgement: 44 ms.
        noDelay: true,
        keepAlive: true,
        timeout: rabbit.connectTimeoutMs,
        ...login(rabbit.loginMethod, host),
        clientProperties: { connection_name: `${program}:${process.pid}:${randomUUID()}:${this.purpose}` },
        ...tlsOptions(tls),
      },
    );
    const turn = joinWrites(model.connection);
    this.#writer = turn === null ? null : new FrameWriter(turn);
    if (turn === null) this.#plan.observer.warn?.('amqplib has changed: frames are written its own, slower way');
    return model;
  }

  #watch(model: ChannelModel): void {
    let reason: unknown = new Error('the connection was closed');
    model.on('error', (error) => (reason = error));
    model.on('blocked', () => this.events.onBlocked?.(true));
    model.on('unblocked', () => this.events.onBlocked?.(false));
    model.on('close', (error) => {
      if (this.#model !== model) return;
      this.#model = null;
      this.events.onBlocked?.(false);
      this.events.onLost();
      this.#retry(error ?? reason);
    });
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
    // Jitter, so that a fleet does not come back in one instant.
    this.#timer = setTimeout(() => void this.#connect(), waitMs * (0.75 + Math.random() / 2));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const model = this.#model;
    this.#model = null;
    if (model !== null) await closeQuietly(model);
  }
}

/** How far it is to the host that is tried next. */
function rabbitStep({ hosts, rabbit }: ConnectionPlan): number {
  return rabbit.failoverStrategy === 'shuffle' ? 1 + Math.floor(Math.random() * hosts.length) : 1;
}

/** amqplib's own is PLAIN. */
function login(method: RabbitSettings['loginMethod'], { username, password }: RabbitHost): object {
  if (method === 'PLAIN') return {};
  if (method === 'AMQPLAIN') return { credentials: credentials.amqplain(username, password) };
  return { credentials: credentials.external() };
}

/** Closes a connection; one that does not answer is cut. */
async function closeQuietly(model: ChannelModel): Promise<void> {
  model.on('error', () => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closeTimeoutMs);
  });
  try {
    await Promise.race([model.close(), late]);
  } catch {
    // It was closed already.
  } finally {
    clearTimeout(timer);
  }
  const stream: unknown = Reflect.get(model.connection, 'stream');
  if (typeof stream === 'object' && stream !== null && 'destroy' in stream && typeof stream.destroy === 'function') {
    stream.destroy();
  }
}
