import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runScaling } from '../chaos/scale-run.js';

describe('rolling restarts and scaling under load', () => {
  // In full, at 200 requests a second: npm run chaos:scale.
  it('fail no request, and lose and double no server', { timeout: 300_000 }, async (test) => {
    const { faults, ...result } = await runScaling({
      rate: 25,
      mostOpen: 10,
      calmMs: 500,
      lastsMs: 0,
      workers: 3,
      times: { drainDelayMs: 1_000, graceMs: 75_000, probePeriodMs: 500, endpointLagMs: 300 },
      signal: test.signal,
      progress: (line) => test.diagnostic(line),
    });
    assert.deepEqual(faults, [], JSON.stringify(result));
    assert.ok(result.created > 0, 'no server was made');
    // The first worker, two gateways, and two of the three workers.
    assert.equal(result.podsEnded, 5);
  });
});
