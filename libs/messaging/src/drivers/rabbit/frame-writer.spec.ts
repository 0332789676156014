import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Frame } from '../driver.js';
import { FrameWriter } from './frame-writer.js';
import type { TurnWriter } from './joined-writes.js';

function open(frameMax = 4096): { writer: FrameWriter; written: () => Buffer } {
  const turn: TurnWriter = {
    frameMax,
    schedule: () => undefined,
    onFlush: () => undefined,
    onDrain: () => undefined,
  };
  const writer = new FrameWriter(turn);
  const written = (): Buffer => {
    const parts: Buffer[] = [];
    turn.onFlush((bytes) => parts.push(bytes));
    return Buffer.concat(parts);
  };
  return { writer, written };
}

interface WireFrame {
  readonly type: number;
  readonly channel: number;
  readonly payload: Buffer;
}

function framesOf(bytes: Buffer): WireFrame[] {
  const frames: WireFrame[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = bytes.readUInt32BE(at + 3);
    const payload = bytes.subarray(at + 7, at + 7 + size);
    assert.equal(bytes[at + 7 + size], 0xce);
    frames.push({ type: bytes.readUInt8(at), channel: bytes.readUInt16BE(at + 1), payload });
    at += size + 8;
  }
  return frames;
}

const frame: Frame = {
  exchange: 'e',
  exchangeType: 'topic',
  routingKey: 'ä',
  body: '{"star":"β Cyg"}',
  headers: { 'albireo-deadline': '10@20' },
  messageId: 'm1',
  expirationMs: 60_000,
  mandatory: true,
  persistent: false,
};

describe('FrameWriter', () => {
  it('writes method, header and body of a message', () => {
    const { writer, written } = open();
    writer.publish(258, frame, 'm1');
    const [method, header, body, ...rest] = framesOf(written());
    assert.ok(method !== undefined && header !== undefined && body !== undefined);
    assert.deepEqual([method.type, header.type, body.type, rest.length], [1, 2, 3, 0]);
    assert.deepEqual([method.channel, header.channel, body.channel], [258, 258, 258]);
    assert.equal(method.payload.toString('latin1'), '\0<\0(\0\0\x01e\x02\xc3\xa4\x01');
    assert.equal(body.payload.toString(), frame.body);
    assert.equal(header.payload.readBigUInt64BE(4), BigInt(body.payload.length));
    const text = '\x10application/json\x05utf-8\0\0\0\x1b\x10albireo-deadlineS\0\0\0\x0510@20\x01\0\x0560000\x02m1';
    assert.equal(header.payload.subarray(14).toString('latin1'), text);
  });

  it('splits a long body, and keeps the order of all that was written', () => {
    const { writer, written } = open();
    const long = 'x'.repeat(70_000);
    writer.publish(1, { ...frame, body: long, headers: { a: 1, b: true, c: null, d: { e: [1.5] } } }, 'long');
    writer.requeue(1, 6);
    writer.ack(1, 7, true);
    const frames = framesOf(written());
    const bodies = frames.filter(({ type }) => type === 3);
    assert.equal(Buffer.concat(bodies.map(({ payload }) => payload)).toString(), long);
    assert.ok(bodies.every(({ payload }) => payload.length <= 4088));
    assert.deepEqual(frames.at(-2)?.payload, Buffer.from([0, 60, 0, 120, 0, 0, 0, 0, 0, 0, 0, 6, 2]));
    assert.deepEqual(frames.at(-1)?.payload, Buffer.from([0, 60, 0, 80, 0, 0, 0, 0, 0, 0, 0, 7, 1]));
  });

  it('writes nothing of a message that cannot be written', () => {
    const { writer, written } = open();
    assert.throws(() => writer.publish(1, frame, 'x'.repeat(300)), RangeError);
    assert.throws(() => writer.publish(1, { ...frame, routingKey: 'x'.repeat(300) }, 'm'), RangeError);
    assert.equal(written().length, 0);
  });

  it('bears more messages than one chunk holds', () => {
    const { writer, written } = open();
    for (let index = 0; index < 2_000; index += 1) writer.publish(1, frame, `m${index}`);
    assert.equal(framesOf(written()).length, 6_000);
  });
});
