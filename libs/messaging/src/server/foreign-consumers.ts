import { MessagingError, RemoteError } from '../errors.js';
import { presenceCall } from '../client/call-watch.js';
import type { TransportCore } from '../transport/transport-core.js';

const mostProbes = 8;

/**
 * Rejects with ForeignConsumers when servers of another product consume the queues of this topic: they would take
 * Albireo's casts and lose them. They are recognized by their answer to a question that only Albireo's servers
 * understand.
 */
export async function refuseForeignConsumers(
  core: TransportCore,
  exchange: string,
  topic: string,
  counts: ReadonlyMap<string, number>,
): Promise<void> {
  const { settings, topology, driver, observer } = core;
  if (settings.joinForeignTopics) return;
  const own = topology.queueName(exchange, topic);
  const consumers = counts.get(own) ?? 0;
  // Other Albireo servers started first and have asked; with this product's queue names nobody else shares their queue.
  if (settings.queueNaming === 'exchange' && consumers > 0) return;
  const others = own === topic ? consumers : ((await driver.inspectQueue(topic))?.consumers ?? 0);
  for (let probe = 0; probe < Math.min(others, mostProbes); probe += 1) {
    try {
      await core.calls.call(presenceCall(exchange, topic, undefined));
    } catch (error) {
      if (error instanceof RemoteError) {
        throw new MessagingError(
          'ForeignConsumers',
          `servers of another product consume from topic "${topic}" of exchange "${exchange}"; give this one another control_exchange, or set [messaging] join_foreign_topics = true if they are meant to share it`,
          { cause: error },
        );
      }
      // They are bound to another exchange or too busy to answer, so they do not prove a conflict.
      observer.info?.('whoever consumes the topic did not answer', { topic, consumers: others });
      return;
    }
  }
}
