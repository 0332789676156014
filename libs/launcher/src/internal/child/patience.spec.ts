import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { patience, quietMs } from './patience.js';

describe('patience', () => {
  it('is twice the pause of the client, and fades when the client gets faster', () => {
    const slow = patience(800);
    assert.equal(slow, 1600);
    assert.equal(patience(1, slow), 1200);
    let faster = slow;
    for (let request = 0; request < 10; request += 1) faster = patience(1, faster);
    assert.equal(faster, quietMs);
  });

  it('does not wait for clients that pause for longer than draining should take', () => {
    assert.equal(patience(60_000, 3000), quietMs);
  });
});
