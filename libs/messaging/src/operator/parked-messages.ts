import { createHash } from 'node:crypto';
import { MessagingError } from '../errors.js';
import type { Inbound } from '../drivers/driver.js';
import { coreOf } from '../transport/transport-core.js';
import type { TransportCore } from '../transport/transport-core.js';
import type { Transport } from '../transport/transport.js';

/** A message that could not be run and was put aside. */
export interface ParkedMessage {
  /** 12 hexadecimal digits, made from the message: the same each time it is listed. */
  readonly id: string;
  readonly reason: string;
  readonly attempts: number;
  /** ISO 8601. */
  readonly parkedAt: string;
  /** Where it came from, and where a replay sends it. */
  readonly exchange: string;
  readonly routingKey: string;
  /** The AMQP body as it was sent. */
  readonly body: Buffer;
}

export interface ReplayResult {
  readonly id: string;
  /** Null when it was sent and removed; otherwise why it stays. */
  readonly fault: string | null;
}

const brokerMs = 10_000;
const readMs = 2_000;
const prefix = 'albireo-parked-';

interface Held {
  readonly message: ParkedMessage;
  readonly inbound: Inbound;
}

/** An operator's actions on the parked messages of one topic. Messages are only removed after they were dealt with. */
export class ParkedMessages {
  readonly #core: TransportCore;
  readonly #exchange: string;

  constructor(
    transport: Transport,
    readonly topic: string,
    exchange?: string,
  ) {
    this.#core = coreOf(transport);
    this.#exchange = exchange ?? this.#core.settings.controlExchange;
  }

  /** The oldest ones first, at most `limit`. */
  list(limit = 1000): Promise<readonly ParkedMessage[]> {
    return this.#hold(limit, async (held) => held.map(({ message }) => message));
  }

  /** Removes messages permanently; all of them when `ids` is null. Returns the ids of those that existed. */
  drop(ids: readonly string[] | null): Promise<readonly string[]> {
    return this.#hold(Infinity, async (held) => {
      const chosen = held.filter(({ message }) => ids === null || ids.includes(message.id));
      for (const { inbound } of chosen) inbound.ack();
      return chosen.map(({ message }) => message.id);
    });
  }

  /** Sends messages to where they came from and removes them; all of them when `ids` is null. */
  replay(ids: readonly string[] | null): Promise<readonly ReplayResult[]> {
    return this.#hold(Infinity, async (held) => {
      const results: ReplayResult[] = [];
      for (const { message, inbound } of held) {
        if (ids !== null && !ids.includes(message.id)) continue;
        const fault = await this.#sendBack(message, inbound);
        if (fault === null) inbound.ack();
        results.push({ id: message.id, fault });
      }
      return results;
    });
  }

  async #sendBack(message: ParkedMessage, inbound: Inbound): Promise<string | null> {
    const { exchange, routingKey, body } = message;
    if (exchange === '' || routingKey === '') return 'it does not tell where it came from';
    const headers = Object.fromEntries(Object.entries(inbound.headers).filter(([name]) => !name.startsWith(prefix)));
    const frame = { exchange, exchangeType: 'topic' as const, routingKey, body, headers, messageId: message.id };
    try {
      const outcome = await this.#core.driver.publish({ ...frame, mandatory: true, persistent: true }, brokerMs);
      return outcome === 'routed' ? null : `no queue is bound to exchange "${exchange}" with key "${routingKey}"`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Holds the messages while `work` handles them; those that it does not acknowledge go back to their places. */
  async #hold<T>(limit: number, work: (held: readonly Held[]) => Promise<T>): Promise<T> {
    const { driver, topology } = this.#core;
    await driver.whenReady(brokerMs);
    const spec = topology.parkedQueue(this.#exchange, this.topic);
    const found = await driver.inspectQueue(spec.name);
    const expected = Math.min(found?.messages ?? 0, limit);
    if (expected === 0) return work([]);
    const held: Held[] = [];
    let enough: () => void = () => undefined;
    const all = new Promise<void>((resolve) => (enough = resolve));
    const prefetch = Number.isFinite(limit) ? Math.min(limit, 65_535) : 0;
    const group = driver.consume({ queues: [spec], prefetch, acknowledge: 'each' }, (inbound) => {
      held.push({ message: describe(inbound), inbound });
      timer.refresh();
      if (held.length >= expected) enough();
    });
    // Another operator may hold some of them.
    const timer = setTimeout(enough, readMs);
    try {
      await Promise.race([group.started.then(() => all), all]);
      return await work(held.slice(0, expected));
    } catch (error) {
      if (error instanceof MessagingError) throw error;
      throw new MessagingError('BrokerUnavailable', `queue "${spec.name}" could not be read`, { cause: error });
    } finally {
      clearTimeout(timer);
      await group.close();
    }
  }
}

function describe(inbound: Inbound): ParkedMessage {
  const text = (name: string): string => {
    const value = inbound.headers[prefix + name];
    return typeof value === 'string' ? value : '';
  };
  const attempts = inbound.headers[`${prefix}attempts`];
  const parkedAt = text('at');
  return {
    id: createHash('sha256').update(inbound.body).update(parkedAt).digest('hex').slice(0, 12),
    reason: text('reason'),
    attempts: typeof attempts === 'number' ? attempts : 0,
    parkedAt,
    exchange: text('exchange'),
    routingKey: text('routing-key'),
    body: inbound.body,
  };
}
