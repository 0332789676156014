import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ForkThrottle } from './crash-loop.js';

describe('ForkThrottle', () => {
  it('lets workers + 1 forks happen at once, then one a second', () => {
    const throttle = new ForkThrottle(2);
    assert.deepEqual(
      [0, 10, 20].map((at) => throttle.take(at)),
      [0, 0, 0],
    );
    assert.equal(throttle.take(30), 1000);
    assert.equal(throttle.take(1040), 1000);
  });

  it('does not slow down deaths that are far apart', () => {
    const throttle = new ForkThrottle(2);
    for (let at = 0; at < 100_000; at += 2500) assert.equal(throttle.take(at), 0);
  });
});
