import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { joinWrites } from './joined-writes.js';

describe('joinWrites', () => {
  it('writes what one turn made with the stream corked', () => {
    const steps: string[] = [];
    const connection = {
      muxer: { _readIncoming: () => steps.push('write') },
      stream: { cork: () => steps.push('cork'), uncork: () => steps.push('uncork') },
    };
    assert.equal(joinWrites(connection), true);
    connection.muxer._readIncoming();
    assert.deepEqual(steps, ['cork', 'write', 'uncork']);
  });

  it('leaves a connection alone that looks different', () => {
    assert.equal(joinWrites({}), false);
    assert.equal(joinWrites({ muxer: {}, stream: {} }), false);
  });
});
