import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { millisecondsIn } from './clock-routes.js';

describe('a span of time', () => {
  it('is seconds, or numbers with units', () => {
    assert.equal(millisecondsIn(1.5), 1_500);
    assert.equal(millisecondsIn('90'), 90_000);
    assert.equal(millisecondsIn('2h'), 7_200_000);
    assert.equal(millisecondsIn('1d12h'), 129_600_000);
    assert.equal(millisecondsIn('1.5m250ms'), 90_250);
    assert.equal(millisecondsIn(' 1w '), 604_800_000);
  });

  it('is nothing else', () => {
    for (const text of ['', 'h', '2 h', '2x', '-2h', '1h2', 'Infinity', '1e3']) {
      assert.equal(millisecondsIn(text), undefined, text);
    }
    assert.equal(millisecondsIn(Number.NaN), undefined);
  });
});
