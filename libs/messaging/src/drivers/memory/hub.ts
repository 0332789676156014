import { MemoryQueue } from './memory-queue.js';

interface Exchange {
  readonly type: 'topic' | 'fanout';
  readonly bindings: Map<string, Set<MemoryQueue>>;
}

/** An in-process broker: exchanges, bindings and queues with AMQP's semantics. */
export class Hub {
  readonly #exchanges = new Map<string, Exchange>();
  readonly #queues = new Map<string, MemoryQueue>();

  declareExchange(name: string, type: 'topic' | 'fanout'): void {
    if (!this.#exchanges.has(name)) this.#exchanges.set(name, { type, bindings: new Map() });
  }

  declareQueue(name: string): MemoryQueue {
    let queue = this.#queues.get(name);
    if (queue === undefined) this.#queues.set(name, (queue = new MemoryQueue(name)));
    return queue;
  }

  queue(name: string): MemoryQueue | undefined {
    return this.#queues.get(name);
  }

  bind(queue: MemoryQueue, exchange: string, routingKey: string): void {
    const bindings = this.#exchanges.get(exchange)?.bindings;
    if (bindings === undefined) return;
    let bound = bindings.get(routingKey);
    if (bound === undefined) bindings.set(routingKey, (bound = new Set()));
    bound.add(queue);
  }

  deleteQueue(name: string): void {
    const queue = this.#queues.get(name);
    if (queue === undefined) return;
    this.#queues.delete(name);
    for (const exchange of this.#exchanges.values()) {
      for (const bound of exchange.bindings.values()) bound.delete(queue);
    }
  }

  /** The queues that a message is routed to. */
  route(exchange: string, routingKey: string): readonly MemoryQueue[] {
    if (exchange === '') {
      const queue = this.#queues.get(routingKey);
      return queue === undefined ? [] : [queue];
    }
    const found = this.#exchanges.get(exchange);
    if (found === undefined) return [];
    if (found.type === 'topic') return [...(found.bindings.get(routingKey) ?? [])];
    return [...new Set([...found.bindings.values()].flatMap((bound) => [...bound]))];
  }
}

const hubs = new Map<string, Hub>();

/** All transports of a process with the same `memory://NAME` share one hub. */
export function hubNamed(name: string): Hub {
  let hub = hubs.get(name);
  if (hub === undefined) hubs.set(name, (hub = new Hub()));
  return hub;
}
