import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TimerWheel } from './timer-wheel.js';
import type { Expiring } from './timer-wheel.js';

describe('TimerWheel', () => {
  it('fires in time, never early, and not what was removed', async () => {
    const wheel = new TimerWheel();
    const startedAt = performance.now();
    const fired: string[] = [];
    const entry = (name: string, then: () => void = () => undefined): Expiring => ({
      slot: 0,
      expire: () => {
        fired.push(name);
        then();
      },
    });
    const removed = entry('removed');
    await new Promise<void>((resolve) => {
      wheel.add(entry('later', resolve), 120);
      wheel.add(
        entry('first', () => wheel.add(entry('added by the first'), 0)),
        40,
      );
      wheel.add(removed, 40);
      wheel.remove(removed);
    });
    assert.deepEqual(fired, ['first', 'added by the first', 'later']);
    const elapsed = performance.now() - startedAt;
    assert.ok(elapsed >= 120, `${elapsed} ms`);
  });
});
