import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { originalFrame } from './error-lines.js';

function thrown(): Error {
  return new Error('here');
}

describe('originalFrame', () => {
  it('names the place in the source', () => {
    const line = thrown().stack?.split('\n')[1] ?? '';
    assert.match(line, /original-stack\.spec\.js:\d+:\d+\)$/);
    assert.match(
      originalFrame(line),
      /^ {4}at thrown \(\/.*libs\/telemetry\/src\/internal\/original-stack\.spec\.ts:6:10\)$/,
    );
  });

  it('leaves what no map tells about as it is', () => {
    for (const line of [
      'Error: at (file:///x.js:1:1)',
      '    at node:internal/timers:588:17',
      '    at next (/nowhere/at/all.js:3:4)',
      '    at async file:///nowhere.js:1:1',
      '    at new Promise (<anonymous>)',
    ]) {
      assert.equal(originalFrame(line), line);
    }
  });
});
