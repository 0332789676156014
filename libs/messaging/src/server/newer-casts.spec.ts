import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Inbound } from '../drivers/driver.js';
import { NewerCasts } from './newer-casts.js';

describe('casts of a later version', () => {
  it('go back to their queue five times, later each time, and are then for the parking', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const casts = new NewerCasts();
    let returned = 0;
    const message = { requeue: () => (returned += 1) } as Partial<Inbound> as Inbound;
    for (const [index, waitMs] of [500, 1_000, 2_000, 4_000, 8_000].entries()) {
      assert.equal(casts.handBack(message, { uniqueId: 'a' }), true);
      t.mock.timers.tick(waitMs - 1);
      assert.equal(returned, index);
      t.mock.timers.tick(1);
      assert.equal(returned, index + 1);
    }
    assert.equal(casts.handBack(message, { uniqueId: 'a' }), false);
    assert.equal(casts.handBack(message, { uniqueId: 'b' }), true);
    // Without an id copies cannot be distinguished.
    assert.equal(casts.handBack(message, { uniqueId: null }), false);
    casts.stop();
    assert.equal(returned, 6);
    t.mock.timers.tick(8_000);
    assert.equal(returned, 6);
  });
});
