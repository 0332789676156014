import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { TimerWheel } from './timer-wheel.js';
import type { Expiring } from './timer-wheel.js';

describe('TimerWheel', () => {
  let now = 0;
  const advance = (ms: number): void => {
    now += ms;
    mock.timers.tick(ms);
  };
  const fired: string[] = [];
  const entry = (name: string, then: () => void = () => undefined): Expiring => ({
    slot: 0,
    expire: () => {
      fired.push(name);
      then();
    },
  });
  beforeEach(() => {
    now = 1_000_003;
    fired.length = 0;
    mock.timers.enable({ apis: ['setInterval'] });
    mock.method(performance, 'now', () => now);
  });
  afterEach(() => {
    mock.timers.reset();
    mock.restoreAll();
  });

  it('fires at most 25 ms late and never early, and not what was removed', () => {
    const wheel = new TimerWheel();
    const removed = entry('removed');
    wheel.add(entry('later'), 120);
    wheel.add(entry('first'), 40);
    wheel.add(removed, 40);
    wheel.remove(removed);
    advance(39);
    assert.deepEqual(fired, []);
    advance(26);
    assert.deepEqual(fired, ['first']);
    advance(54);
    assert.deepEqual(fired, ['first']);
    advance(26);
    assert.deepEqual(fired, ['first', 'later']);
  });

  it('fires all that is due after a pause of the process, and then what was added meanwhile', () => {
    const wheel = new TimerWheel();
    wheel.add(entry('later'), 120);
    wheel.add(
      entry('first', () => wheel.add(entry('added by the first'), 0)),
      40,
    );
    advance(5000);
    assert.deepEqual(fired, ['first', 'later']);
    advance(26);
    assert.deepEqual(fired, ['first', 'later', 'added by the first']);
  });
});
