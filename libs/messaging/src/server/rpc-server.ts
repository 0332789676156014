import type { AccessPolicy, CallerPolicy, RequestInterceptor } from './access-policy.js';
import type { Backport, Contract } from '../contract/contract.js';
import type { DeliveryLedger } from './delivery.js';
import type { MessageSerializer } from '../wire/message-serializer.js';
import type { RpcEndpointDefinition } from './rpc-endpoint.js';
import type { Transport } from '../transport/transport.js';
import { baseApiEndpoint, presenceEndpoint, serverPingEndpoint } from './built-in-endpoints.js';
import { Dispatcher } from './dispatcher.js';
import type { ConsumerGroup } from '../drivers/driver.js';
import { refuseForeignConsumers } from './foreign-consumers.js';
import { LoopBack } from './loop-back.js';
import { RequestRunner } from './request-runner.js';
import type { TransportCore } from '../transport/transport-core.js';
import { coreOf } from '../transport/transport-core.js';

export interface RpcServerOptions {
  readonly topic: string;
  /** Name of this server: `topic.server` is its own queue. */
  readonly server: string;
  /**
   * True when `server` is the name of this one process or pod: no other process will ever take over its queue. The
   * queue is therefore deleted with the server, and expires after `rabbit_transient_queues_ttl` when the process was
   * killed. @default false
   */
  readonly ofProcess?: boolean;
  /** In oslo's order: the first one that matches namespace and version and has the method is called. */
  readonly endpoints: readonly RpcEndpointDefinition[];
  /** @default the transport's control exchange */
  readonly exchange?: string;
  /** Remembers casts across workers. @default none: a cast may then run again after a crash */
  readonly ledger?: DeliveryLedger;
  /** Maximum concurrent handlers (executor_thread_pool_size). @default 64 */
  readonly concurrency?: number;
  /**
   * Messages taken from each queue and not yet acknowledged. For long casts set it to `concurrency`, so that added
   * workers get a share of a backlog. @default 128
   */
  readonly prefetch?: number;
  /** Which methods may be called. @default all whose name does not begin with `_` */
  readonly accessPolicy?: AccessPolicy;
  /** Which callers' requests are run. @default all */
  readonly callerPolicy?: CallerPolicy;
  /** Refuse requests with unpaired surrogates or NUL, which no database stores (UnstorableText). @default false */
  readonly storableTexts?: boolean;
  readonly serializer?: MessageSerializer;
  /** For callers that ask in a version older than the contract's. @default results are sent unchanged */
  readonly backport?: Backport;
  /** Wraps every handler except this library's built-in ones. @default none */
  readonly interceptor?: RequestInterceptor | undefined;
  /** Shown by nova's ping. @default topic */
  readonly service?: string;
}

/** Serves a topic. `start` and `stop` may be called in any order and twice. */
export class RpcServer {
  readonly #core: TransportCore;
  readonly #runner: RequestRunner;
  readonly #exchange: string;
  #group: ConsumerGroup | null = null;
  #loopBack: LoopBack | null = null;
  #stopReporting: (() => void) | null = null;
  #stopped: Promise<void> | null = null;

  constructor(
    transport: Transport,
    readonly options: RpcServerOptions,
  ) {
    const core = coreOf(transport);
    this.#core = core;
    this.#exchange = options.exchange ?? core.settings.controlExchange;
    const { topic } = options;
    const served = options.endpoints.map(({ contract }) => contract);
    for (const contract of served) options.callerPolicy?.examine(contract);
    const builtIn = [
      baseApiEndpoint(topic, options.service ?? topic),
      presenceEndpoint(topic, served, (ids, replyQueue) => this.#runner.holding(ids, replyQueue)),
    ];
    const endpoints = [...options.endpoints, ...builtIn];
    if (core.settings.pingEnabled) endpoints.push(serverPingEndpoint(topic));
    for (const { contract } of endpoints) {
      if (contract.topic !== topic) {
        throw new TypeError(`server of topic "${topic}" was given a contract of topic "${contract.topic}"`);
      }
    }
    this.#runner = new RequestRunner(core, new Dispatcher(endpoints, options.accessPolicy), {
      exchange: this.#exchange,
      topic,
      concurrency: options.concurrency ?? 64,
      ledger: options.ledger ?? null,
      serializer: options.serializer ?? null,
      callerPolicy: options.callerPolicy ?? null,
      interceptor: options.interceptor ?? null,
      served,
      storableTexts: options.storableTexts ?? false,
      backport: ownBackport(options.backport, served),
    });
  }

  /** True while the broker delivers this server's messages. */
  get consuming(): boolean {
    return this.#group?.consuming === true && this.fault === null;
  }

  /** Why messages do not reach this server although it consumes; null while they do. */
  get fault(): string | null {
    return this.#loopBack?.fault ?? null;
  }

  /**
   * Resolves when the broker delivers for the first time; a broker that is down is waited for. Rejects with
   * ForeignConsumers when servers of another product serve the topic.
   */
  start(): Promise<void> {
    if (this.#group === null) {
      const core = this.#core;
      const { topic, server, prefetch, ofProcess = false } = this.options;
      const group = core.driver.consume(
        {
          queues: core.topology.serverQueues(this.#exchange, topic, server, ofProcess),
          prefetch: prefetch ?? 128,
          acknowledge: 'each',
          beforeFirstConsume: (counts) => refuseForeignConsumers(core, this.#exchange, topic, counts),
          onChange: () => core.changed(),
        },
        (message) => this.#runner.receive(message),
      );
      this.#group = group;
      const loopBack = new LoopBack(core, {
        exchange: this.#exchange,
        topic,
        server,
        group,
        inFlight: () => this.#runner.inFlight,
        onChange: () => core.changed(),
      });
      loopBack.start();
      this.#loopBack = loopBack;
      const noConsumer = core.reportConsumer(() => {
        const { fault, consuming } = this;
        return { name: `${topic}.${server}`, consuming, ...(fault === null ? {} : { reason: fault }) };
      });
      const noRequests = core.reportRequests(() => this.#runner.report());
      this.#stopReporting = () => {
        noConsumer();
        noRequests();
      };
    }
    return this.#group.started;
  }

  /**
   * Takes no more messages, requeues those not started, lets the others finish and answer within `deadlineMs` (then
   * their signals abort), and disconnects from the broker.
   */
  stop(deadlineMs = 30_000): Promise<void> {
    this.#stopped ??= this.#stop(deadlineMs);
    return this.#stopped;
  }

  async #stop(deadlineMs: number): Promise<void> {
    const group = this.#group;
    if (group === null) return;
    this.#loopBack?.stop();
    await group.cancel();
    await this.#runner.stop(deadlineMs);
    await group.close();
    this.#stopReporting?.();
    this.#core.changed();
  }
}

/** The results of this library's built-in methods have no older form. */
function ownBackport(backport: Backport | undefined, served: readonly Contract[]): Backport | null {
  if (backport === undefined) return null;
  return (contract, version, result) => (served.includes(contract) ? backport(contract, version, result) : result);
}
