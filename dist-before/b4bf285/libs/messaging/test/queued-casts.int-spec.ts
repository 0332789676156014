import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { queueCasts } from './queued-casts.js';

describe('casts queued behind a slow broker', () => {
  it('wait without a copy of their bodies, arrive, and leave nothing behind', async () => {
    // A cast of 4000 characters that waits with its body takes more than 10 kB.
    const { bytesEach, leftBytes } = await queueCasts(10_000);
    assert.ok(bytesEach < 5_000, `${Math.round(bytesEach)} bytes for each cast that waits`);
    assert.ok(leftBytes < 8 * 2 ** 20, `${leftBytes} bytes more at the end`);
  });
});
