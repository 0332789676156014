import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { patience } from './connection-gate.js';

describe('patience', () => {
  it('is half a second after one request, and two for a client that comes back', () => {
    assert.equal(patience(1, undefined), 500);
    assert.equal(patience(1, 500), 2000);
  });

  it('is twice the pause of a slow client, and fades when it gets faster', () => {
    const slow = patience(2000, 2000);
    assert.equal(slow, 4000);
    assert.equal(patience(1, slow), 3000);
    assert.equal(patience(1, 2500), 2000);
  });

  it('does not wait for clients that pause for longer than draining should take', () => {
    assert.equal(patience(60_000, 4000), 500);
  });
});
