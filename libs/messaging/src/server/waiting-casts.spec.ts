import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaitingCasts } from './waiting-casts.js';

describe('WaitingCasts', () => {
  it('tells of casts that nobody takes, and when they have been taken', async () => {
    const states = [
      { consumers: 0, messages: 3 },
      { consumers: 1, messages: 2 },
    ];
    const told: [string, number][] = [];
    // The watcher's own timer does not keep a process alive.
    const alive = setInterval(() => undefined, 1_000);
    await new Promise<void>((resolve) => {
      const waiting = new WaitingCasts(
        { inspectQueue: async () => states.shift() ?? null },
        {
          castsWaiting: (queue, count) => {
            told.push([queue, count]);
            if (count > 0) return;
            waiting.stop();
            resolve();
          },
        },
        5,
      );
      waiting.sent('x.compute');
    }).finally(() => clearInterval(alive));
    assert.deepEqual(told, [
      ['x.compute', 3],
      ['x.compute', 0],
    ]);
  });
});
