import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { connect } from 'amqplib';
import type { ChannelModel } from 'amqplib';
import type { MessagingObserver } from '../../messaging-observer.js';
import type { RabbitSettings } from '../../rabbit-settings.js';
import type { RabbitHost } from '../../transport-url.js';
import { textOf } from '../failure.js';
import { FrameWriter } from './frame-writer.js';
import { joinWrites } from './joined-writes.js';

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
      this.#host += 1;
      this.#retry(error);
    }
  }

  async #open(): Promise<ChannelModel> {
    const { hosts, virtualHost, rabbit, program } = this.#plan;
    const host = hosts[this.#host % hosts.length];
    if (host === undefined) throw new Error('no host to connect to');
    const { tls } = rabbit;
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
    const reason = textOf(error);
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

type TlsFields = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'checkServerIdentity'>;

function tlsOptions(tls: RabbitSettings['tls']): TlsFields {
  if (tls === null) return {};
  const options: TlsFields = {};
  if (tls.caFile !== undefined) options.ca = readFileSync(tls.caFile);
  if (tls.certFile !== undefined) options.cert = readFileSync(tls.certFile);
  if (tls.keyFile !== undefined) options.key = readFileSync(tls.keyFile);
  if (tls.verifyHostname === false) options.checkServerIdentity = () => undefined;
  return options;
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
