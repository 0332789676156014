import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { describe, it } from 'node:test';
import type { ChannelModel } from 'amqplib';
import { TimerWheel } from '../../timing/timer-wheel.js';
import type { Frame, PublishOutcome } from '../driver.js';
import { Publisher } from './publisher.js';

/** A channel that records published messages, and confirms them when told to. */
class NotedChannel extends EventEmitter {
  readonly sent: string[] = [];
  readonly #confirms: ((error: null) => void)[] = [];

  publish(_exchange: string, routingKey: string, _body: Buffer, _options: object, confirm?: () => void): boolean {
    this.sent.push(routingKey);
    if (confirm !== undefined) this.#confirms.push(confirm);
    return true;
  }

  confirmAll(): void {
    for (const confirm of this.#confirms.splice(0)) confirm(null);
  }

  async close(): Promise<void> {
    this.emit('close');
  }
}

class NotedConnection {
  readonly channels: NotedChannel[] = [];
  readonly model = { createChannel: () => this.#open(), createConfirmChannel: () => this.#open() };

  async #open(): Promise<NotedChannel> {
    const channel = new NotedChannel();
    this.channels.push(channel);
    return channel;
  }
}

function frame(routingKey: string): Frame {
  return {
    exchange: '',
    exchangeType: null,
    routingKey,
    body: '{}',
    headers: {},
    messageId: routingKey,
    mandatory: true,
    persistent: true,
  };
}

describe('Publisher', () => {
  const told = new EventEmitter();
  const publisher = new Publisher(
    {
      observer: {},
      wheel: new TimerWheel(),
      confirmWindow: 10,
      knowsExchange: () => true,
      declareExchange: async () => undefined,
      onReturned: () => undefined,
      onChannelLost: () => undefined,
      onDrain: () => undefined,
      onUnconfirmed: () => void told.emit('unconfirmed'),
    },
    20,
  );
  const connection = new NotedConnection();
  const open = (): Promise<void> => publisher.reopen(connection.model as unknown as ChannelModel, null);

  it('tells that the broker confirms nothing; on other channels what is owed goes again, once', async () => {
    await open();
    const outcomes: PublishOutcome[] = [];
    const unconfirmed = once(told, 'unconfirmed');
    publisher.post(frame('first'), 10_000, (outcome) => void outcomes.push(outcome));
    await unconfirmed;
    await open();
    const [, confirmed, , again] = connection.channels;
    assert.deepEqual([confirmed?.sent, again?.sent], [['first'], []]);
    publisher.flush();
    assert.deepEqual(again?.sent, ['first']);
    // Too late: it may have missed the return of an unroutable message.
    confirmed?.confirmAll();
    assert.deepEqual(outcomes, []);
    again?.confirmAll();
    assert.deepEqual(outcomes, ['routed']);
  });

  it('replaces the channel for calls alone', async () => {
    const before = connection.channels.length;
    publisher.send(frame('call'));
    await publisher.renewPlain(connection.model as unknown as ChannelModel, null);
    publisher.send(frame('next call'));
    assert.equal(connection.channels.length, before + 1);
    assert.deepEqual(connection.channels.at(-1)?.sent, ['next call']);
    publisher.stop();
  });
});
