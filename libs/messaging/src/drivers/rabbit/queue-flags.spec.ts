import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultRabbitSettings } from '../../transport/rabbit-settings.js';
import type { RabbitSettings } from '../../transport/rabbit-settings.js';
import type { QueueKind } from '../driver.js';
import { QueueFlags } from './queue-flags.js';

const queue = (kind: QueueKind) => ({ name: 'q', kind, bindings: [] });
const flags = (queueNaming: 'exchange' | 'oslo', rabbit: Partial<RabbitSettings> = {}): QueueFlags =>
  new QueueFlags({ ...defaultRabbitSettings, ...rabbit }, { queueNaming });

describe('QueueFlags', () => {
  it("declares topic queues with oslo's names as oslo does, option by option", () => {
    const topic = (rabbit: Partial<RabbitSettings>) => flags('oslo', rabbit).queue(queue('topic'));
    assert.deepEqual(topic({}), { durable: false });
    assert.deepEqual(topic({ amqpDurableQueues: true }), { durable: true });
    assert.deepEqual(topic({ amqpAutoDelete: true }), { durable: false, autoDelete: true });
    assert.deepEqual(topic({ rabbitHaQueues: true }), { durable: false, arguments: { 'x-ha-policy': 'all' } });
    const quorum = { rabbitQuorumQueue: true, quorumDeliveryLimit: 5, quorumMaxMemoryBytes: 1000 };
    assert.deepEqual(topic(quorum), {
      durable: true,
      arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 5, 'x-max-in-memory-bytes': 1000 },
    });
  });

  it('never lets the broker delete a queue of our own that casts wait in', () => {
    const ours = flags('exchange', { amqpAutoDelete: true, rabbitHaQueues: true });
    assert.deepEqual(ours.queue(queue('topic')), { durable: true });
    assert.deepEqual(ours.exchange('topic'), { durable: false, autoDelete: true });
    assert.deepEqual(ours.queue(queue('parked')), { durable: true });
  });
});
