import type { RabbitSettings } from '../src/index.js';

const settings: Readonly<Record<string, Partial<RabbitSettings>>> = {
  classic: {},
  durable: { amqpDurableQueues: true },
  quorum: { rabbitQuorumQueue: true },
};

/** The kind of queues that the tests with Python declare: ALBIREO_INTEROP_QUEUES, classic without it. */
export function queueKind(): { readonly rabbit: Partial<RabbitSettings> } {
  const kind = process.env['ALBIREO_INTEROP_QUEUES'] ?? 'classic';
  const rabbit = settings[kind];
  if (rabbit === undefined) throw new Error(`ALBIREO_INTEROP_QUEUES: expected classic, durable or quorum, not ${kind}`);
  return { rabbit };
}
