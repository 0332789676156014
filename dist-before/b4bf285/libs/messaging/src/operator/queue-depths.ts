import { coreOf } from '../internal/transport-core.js';
import type { Transport } from '../transport.js';

/** What waits in a queue, not counting what workers have taken. */
export interface QueueDepth {
  readonly queue: string;
  readonly messages: number;
  readonly consumers: number;
}

/** The queues that the servers of some topics share, those that exist. Rejects with BrokerUnavailable. */
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
