import type { Declaration } from '../drivers/driver.js';
import type { TransportCore } from '../transport/transport-core.js';
import { coreOf } from '../transport/transport-core.js';
import type { Transport } from '../transport/transport.js';

/** Messages that wait in a queue, without those that workers have taken. */
export interface QueueDepth {
  readonly queue: string;
  readonly messages: number;
  readonly consumers: number;
}

/** The shared queues of the servers of some topics, as far as they exist. Rejects with BrokerUnavailable. */
export async function queueDepths(
  transport: Transport,
  topics: readonly string[],
  server: string,
): Promise<QueueDepth[]> {
  const { topology, settings, driver } = coreOf(transport);
  const depths: QueueDepth[] = [];
  for (const topic of topics) {
    for (const { kind, name } of topology.serverQueues(settings.controlExchange, topic, server)) {
      if (kind !== 'topic') continue;
      const found = await driver.inspectQueue(name);
      if (found !== null) depths.push({ queue: name, ...found });
    }
  }
  return depths;
}

/** One exchange or queue that a worker declares, and its state at the broker. */
export interface TopologyItem {
  readonly kind: 'exchange' | 'queue';
  readonly name: string;
  /** How it is declared, as `topic durable=false`. */
  readonly flags: string;
  /** `<exchange> <routing key>` of each binding. */
  readonly bindings: readonly string[];
  readonly state: 'missing' | 'present' | 'conflict';
  /** The broker's own message for a conflict. */
  readonly reason: string | null;
}

const brokerMs = 10_000;

/**
 * The declarations that the servers of some topics make at the broker. Queues named for one process (fanout, reply) are
 * left out.
 */
export class BusTopology {
  readonly #core: TransportCore;

  constructor(
    transport: Transport,
    readonly topics: readonly string[],
    readonly server: string,
  ) {
    this.#core = coreOf(transport);
  }

  /** Reads the state without changing anything. */
  async plan(): Promise<readonly TopologyItem[]> {
    await this.#core.driver.whenReady(brokerMs);
    const items: TopologyItem[] = [];
    for (const declaration of this.#declarations()) items.push(await this.#examine(declaration));
    return items;
  }

  /** Declares what is missing and binds the queues; conflicts are left as they are. Returns the previous state. */
  async apply(): Promise<readonly TopologyItem[]> {
    const { driver } = this.#core;
    const items = await this.plan();
    for (const [index, declaration] of this.#declarations().entries()) {
      if (items[index]?.state === 'conflict') continue;
      if (declaration.kind === 'queue') await driver.declareQueue(declaration.spec);
      else await driver.declareExchange({ exchange: declaration.name, exchangeType: declaration.type });
    }
    return items;
  }

  async #examine(declaration: Declaration): Promise<TopologyItem> {
    const { state, flags, reason } = await this.#core.driver.examine(declaration);
    const bindings =
      declaration.kind === 'exchange'
        ? []
        : declaration.spec.bindings.map(({ exchange, routingKey }) => `${exchange} ${routingKey}`);
    const name = declaration.kind === 'exchange' ? declaration.name : declaration.spec.name;
    return { kind: declaration.kind, name, flags, bindings, state, reason };
  }

  #declarations(): readonly Declaration[] {
    const { topology, settings } = this.#core;
    const { controlExchange } = settings;
    const queues = this.topics.flatMap((topic) => [
      ...topology.serverQueues(controlExchange, topic, this.server).filter(({ kind }) => kind === 'topic'),
      topology.parkedQueue(controlExchange, topic),
    ]);
    return [
      { kind: 'exchange', name: controlExchange, type: 'topic' },
      ...queues.map((spec) => ({ kind: 'queue' as const, spec })),
    ];
  }
}
