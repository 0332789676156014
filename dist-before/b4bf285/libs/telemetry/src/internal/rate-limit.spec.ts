import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RateLimit } from './rate-limit.js';

describe('RateLimit', () => {
  it('lets a burst pass in each interval, announces once, and never stops what is excepted', () => {
    const limit = new RateLimit(1000, 2, 'CRITICAL');
    const verdicts = [0, 1, 2, 3].map((at) => limit.judge('INFO', at));
    assert.deepEqual(verdicts, ['write', 'write', 'announce-drop', 'drop']);
    assert.equal(limit.judge('CRITICAL', 4), 'write');
    assert.equal(limit.judge('INFO', 1000), 'write');
    assert.equal(limit.announcement, 'Logging rate limit: drop after 2 records/1 sec');
  });

  it('excepts no level when none is named', () => {
    const limit = new RateLimit(1000, 0, '');
    assert.equal(limit.judge('CRITICAL', 0), 'announce-drop');
  });
});
