import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fuzzHttp } from '../fuzz/fuzz-http.js';

describe('bad requests that a generator makes', () => {
  it('get no 5xx, no inner detail and always a request id; the server lives on', async () => {
    const { findings } = await fuzzHttp(1_000, 7);
    assert.deepEqual(findings, []);
  });
});
