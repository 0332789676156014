import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CrashLoop } from './crash-loop.js';

const exit = { pid: 1, how: 'exited with status 1' };

describe('CrashLoop', () => {
  it('begins with the fifth death before readiness, and its delay doubles up to 30 s', () => {
    const loop = new CrashLoop();
    for (let death = 0; death < 4; death += 1) loop.diedBeforeReady(exit);
    assert.equal(loop.active, false);
    assert.equal(loop.delayMs, 0);
    const delays = Array.from({ length: 7 }, () => {
      loop.diedBeforeReady(exit);
      return loop.delayMs;
    });
    assert.deepEqual(delays, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    assert.equal(loop.exits.length, 5);
  });

  it('ends with the first worker that gets ready', () => {
    const loop = new CrashLoop();
    for (let death = 0; death < 9; death += 1) loop.diedBeforeReady(exit);
    loop.becameReady();
    assert.equal(loop.active, false);
    assert.equal(loop.delayMs, 0);
    assert.deepEqual(loop.exits, []);
  });
});
