import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { joinWrites } from './joined-writes.js';

describe('joinWrites', () => {
  it('writes what one turn made with the stream corked, our frames first', () => {
    const steps: string[] = [];
    const stream = {
      writableLength: 3,
      cork: () => steps.push('cork'),
      uncork: () => steps.push('uncork'),
      write: (bytes: Buffer) => steps.push(`ours ${bytes.toString()}`),
      on: () => undefined,
    };
    const muxer = { _readIncoming: () => steps.push('theirs'), _scheduleRead: () => steps.push('schedule') };
    const writer = joinWrites({ muxer, stream, frameMax: 4096, sentSinceLastCheck: false });
    assert.ok(writer !== null);
    writer.onFlush = (write) => assert.equal(write(Buffer.from('x')), 3);
    writer.schedule();
    muxer._readIncoming();
    assert.deepEqual(steps, ['schedule', 'cork', 'ours x', 'theirs', 'uncork']);
  });

  it('leaves a connection alone that looks different', () => {
    assert.equal(joinWrites({}), null);
    assert.equal(joinWrites({ muxer: {}, stream: {} }), null);
  });
});
