import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import type { Channel, ConsumeMessage } from 'amqplib';
import { Acknowledger } from './acknowledger.js';

/** A channel that records what was written on it. */
class Recorder extends EventEmitter {
  readonly written: string[] = [];

  ack(message: ConsumeMessage, allUpTo?: boolean): void {
    this.written.push(`ack ${message.fields.deliveryTag}${allUpTo === true ? ' and before' : ''}`);
  }

  nack(message: ConsumeMessage): void {
    this.written.push(`requeue ${message.fields.deliveryTag}`);
  }
}

const message = (deliveryTag: number): ConsumeMessage => ({ fields: { deliveryTag } }) as ConsumeMessage;

async function turn(): Promise<void> {
  await Promise.resolve();
}

function start(): { channel: Recorder; acknowledger: Acknowledger } {
  const channel = new Recorder();
  const acknowledger = new Acknowledger(channel as EventEmitter as Channel, null, (error) =>
    assert.fail(String(error)),
  );
  return { channel, acknowledger };
}

describe('Acknowledger', () => {
  it('settles all of a turn by one frame where nothing older is left', async () => {
    const { channel, acknowledger } = start();
    for (const tag of [1, 3, 2]) acknowledger.ack(message(tag));
    await turn();
    assert.deepEqual(channel.written, ['ack 3 and before']);
  });

  it('settles nothing that is still worked on', async () => {
    const { channel, acknowledger } = start();
    for (const tag of [1, 3, 4]) acknowledger.ack(message(tag));
    await turn();
    assert.deepEqual(channel.written, ['ack 3', 'ack 4', 'ack 1 and before']);
    acknowledger.ack(message(2));
    acknowledger.ack(message(5));
    await turn();
    assert.deepEqual(channel.written.slice(3), ['ack 5 and before']);
  });

  it('never acknowledges what was given back', async () => {
    const { channel, acknowledger } = start();
    acknowledger.requeue(message(1));
    acknowledger.ack(message(3));
    await turn();
    assert.deepEqual(channel.written, ['requeue 1', 'ack 3']);
    acknowledger.requeue(message(2));
    await turn();
    assert.deepEqual(channel.written.slice(2), ['requeue 2']);
    acknowledger.ack(message(4));
    await turn();
    assert.deepEqual(channel.written.slice(3), ['ack 4 and before']);
  });

  it('writes nothing once its channel is closing', async () => {
    const { channel, acknowledger } = start();
    acknowledger.ack(message(1));
    channel.emit('close');
    acknowledger.requeue(message(2));
    await turn();
    assert.deepEqual(channel.written, []);
  });
});
