import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { INestMicroservice } from '@nestjs/common';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { ComputeOptions, ControlOptions, MessagingOptions, NetworkOptions, ServiceOptions } from '#libs/options';
import type { Configuration, TopicName } from '#libs/options';
import { agentStateContract, backportObjects, dhcpPluginContract, l3PluginContract } from '#libs/contracts';
import { MessagingError, brokerAway } from '#libs/messaging';
import { RpcTransportStrategy } from '#libs/messaging/nest';
import type { RpcServer, RpcServerOptions, Transport } from '#libs/messaging';
import type { JsonValue, Service, ServiceHealth } from '#libs/launcher';
import { NestLogger, getLogger } from '#libs/telemetry';
import { beginWithStoredClock } from './clock/cloud-clock.js';
import { EventLog, watchNotices } from './events/event-log.js';
import { openNotices } from './notifications/open-notices.js';
import { callerPolicy } from './policy/caller-policy.js';
import { addHousekeeping } from './service/housekeeping.js';
import { openTransport, openWorkerStore } from './service/open-worker-store.js';
import { WorkerResources } from './service/worker-resources.js';
import { snapshotServer } from './snapshots/snapshot-server.js';
import type { Store } from './store/index.js';
import { WorkerModule } from './worker.module.js';

const log = getLogger('albireo.worker');

export interface WorkerServiceOptions {
  readonly config: Configuration;
  readonly program: string;
  /** Called when the health may have changed. */
  readonly onHealthChange?: (health: ServiceHealth) => void;
  /** Called if no worker can serve the topics, for example because another product serves one. */
  readonly onHopeless?: (error: Error) => void;
}

/** The topics of one worker process on one store and one transport. `start` and `stop` may be called twice. */
export class WorkerService implements Service {
  readonly #options: WorkerServiceOptions;
  #strategy: RpcTransportStrategy | null = null;
  #application: INestMicroservice | null = null;
  #resources: WorkerResources | null = null;
  #transport: Transport | null = null;
  #store: Store | null = null;
  #snapshots: RpcServer | null = null;
  #stopDeadlineMs = 30_000;
  #starting: Promise<void> | null = null;
  #stopping: Promise<void> | null = null;

  constructor(options: WorkerServiceOptions) {
    this.#options = options;
  }

  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** Accepts no more messages, lets running handlers finish, sends their stored casts, and closes everything. */
  stop(deadlineMs: number): Promise<void> {
    this.#stopping ??= this.#stop(deadlineMs);
    return this.#stopping;
  }

  async reset(): Promise<void> {
    this.#resources?.authorizer.reload();
    this.#transport?.refreshVersions();
  }

  /** The objects that the topics share; throws before `start`. */
  get shared(): WorkerResources {
    if (this.#resources === null) throw new Error('the worker has not been started');
    return this.#resources;
  }

  /** Ready while the database can be reached and the broker delivers to every topic. */
  health(): ServiceHealth {
    const bus = this.#transport?.health();
    if (this.#strategy === null || bus === undefined) return { ready: false, reason: 'starting' };
    const { reachable = true, reason } = this.#store?.condition() ?? {};
    if (!reachable) return { ready: false, reason };
    if (!bus.connected) return { ready: false, reason: brokerAway(bus) };
    if (bus.blocked) return { ready: false, reason: 'the message broker takes no messages (memory or disk alarm)' };
    const silent = this.#strategy.servers.filter((server) => !server.consuming);
    if (silent.length === 0) return { ready: true, reason };
    const faults = silent.map(({ options, fault }) => (fault === null ? options.topic : `${options.topic} (${fault})`));
    return { ready: false, reason: `not consuming: ${faults.join(', ')}` };
  }

  report(): JsonValue {
    const { broker, calls, requests } = this.#transport?.report() ?? {};
    const store = this.#store;
    const database = store === null ? null : { embedded: store.embedded, connections: store.connections() };
    return JSON.parse(JSON.stringify({ database, broker, calls, requests })) as JsonValue;
  }

  async #start(): Promise<void> {
    const { config, program, onHealthChange } = this.#options;
    const topics = [...new Set(config.get(ServiceOptions).enabledTopics)];
    const store = await openWorkerStore(config, () => onHealthChange?.(this.health()));
    this.#store = store;
    await beginWithStoredClock(store);
    const transport = await openTransport(config, program);
    this.#transport = transport;
    transport.onHealthChange(() => onHealthChange?.(this.health()));
    const events = config.get(ControlOptions).enabled ? new EventLog() : undefined;
    const watch = events && watchNotices(events);
    const shared = new WorkerResources(config, store, transport, await openNotices(config, transport, watch), events);
    this.#resources = shared;
    addHousekeeping(shared, topics);
    const strategy = this.#createStrategy(shared, topics);
    const application = await NestFactory.createMicroservice<MicroserviceOptions>(WorkerModule.for(topics, shared), {
      strategy,
      logger: new NestLogger('albireo.worker.nest'),
      abortOnError: false,
    });
    this.#application = application;
    // The schedulers must know the host before it can receive anything.
    await shared.tasks.start();
    // From now on, casts in the outbox are in a form that older workers also understand.
    await shared.casts.learnVersions();
    shared.outbox.start();
    this.#strategy = strategy;
    await this.#listen(application, strategy);
    if (shared.stateFence !== undefined) this.#serveSnapshots(shared);
    log.info(`Serving ${topics.join(', ')}`);
    onHealthChange?.(this.health());
  }

  /** If the broker is away for long, the worker starts unready, and learns later whether its topics can be served. */
  async #listen(application: INestMicroservice, strategy: RpcTransportStrategy): Promise<void> {
    const judge = (error: unknown): void => {
      const isHopeless = error instanceof MessagingError && error.code === 'ForeignConsumers';
      if (isHopeless && this.#stopping === null) this.#options.onHopeless?.(error);
    };
    try {
      await application.listen();
    } catch (error) {
      judge(error);
      throw error;
    }
    void strategy.started.catch(judge);
  }

  #serveSnapshots(shared: WorkerResources): void {
    this.#snapshots = snapshotServer(shared);
    // If the broker is away, the server waits for it.
    this.#snapshots.start().catch((error: unknown) => {
      if (this.#stopping === null) log.exception(error, 'Snapshots cannot be asked for');
    });
  }

  #createStrategy(shared: WorkerResources, topics: readonly TopicName[]): RpcTransportStrategy {
    const { config, transport, ledger } = shared;
    const { maxConcurrentBuilds } = config.get(ComputeOptions);
    const calls = config.get(MessagingOptions).executorThreadPoolSize;
    const stopDeadlineMs = (): number => this.#stopDeadlineMs;
    return new RpcTransportStrategy({
      transport,
      server: config.get(ServiceOptions).host,
      topics: [...topics, ...agentTopics(config, topics)],
      alsoServers: (topic) => (topic === 'compute' ? shared.hosts.slice(1) : []),
      forTopic: (topic): Partial<RpcServerOptions> => {
        const common = {
          interceptor: shared.interceptor,
          callerPolicy,
          ledger,
          backport: backportObjects,
          storableTexts: true,
        };
        if (topic !== 'compute' || maxConcurrentBuilds === 0) return { ...common, concurrency: calls };
        // Builds take long: those that a worker cannot start yet stay in the queue, so that workers added later can
        // take them.
        return { ...common, concurrency: maxConcurrentBuilds, prefetch: maxConcurrentBuilds };
      },
      get stopDeadlineMs() {
        return stopDeadlineMs();
      },
    });
  }

  async #stop(deadlineMs: number): Promise<void> {
    await this.#starting?.catch(() => undefined);
    this.#stopDeadlineMs = deadlineMs;
    await this.#resources?.tasks.stop();
    const running = this.#transport?.report().requests.length ?? 0;
    const budget = Number.isFinite(deadlineMs) ? `${Math.round(deadlineMs / 100) / 10} s` : 'none';
    log.info('Stopping to consume, finishing the RPC requests in flight', { requests: running, budget });
    await Promise.all([this.#application?.close(), this.#snapshots?.stop(deadlineMs)]);
    await this.#resources?.closeDriver();
    this.#resources?.authorizer.stop();
    log.info('All RPC requests are finished, closing the connections to broker and database');
    this.#resources?.ledger.stop();
    await this.#resources?.outbox.stop();
    await this.#resources?.notices.close();
    await this.#transport?.stop();
    await this.#resources?.imageStores.close();
    await this.#store?.close();
  }
}

/** The topics of neutron-server that neutron's own agents use. */
function agentTopics(config: Configuration, topics: readonly TopicName[]): readonly string[] {
  if (!topics.includes('network') || !config.get(NetworkOptions).serveNeutronAgents) return [];
  return [agentStateContract.topic, dhcpPluginContract.topic, l3PluginContract.topic];
}
