import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { counter, histogram, mergeMetrics, snapshotMetrics } from './metrics.js';

describe('metrics', () => {
  it('gives the same metric for the same name, and adds the values of several processes', async () => {
    const requests = counter({ name: 'albireo_spec_requests_total', help: 'Requests.', labels: ['status'] });
    assert.equal(counter({ name: 'albireo_spec_requests_total', help: 'Requests.' }), requests);
    requests.inc({ status: '200' }, 3);
    histogram({ name: 'albireo_spec_seconds', help: 'Durations.', buckets: [0.1, 0.5] }).observe({}, 0.2);
    const snapshot = await snapshotMetrics();
    const page = await mergeMetrics([structuredClone(snapshot), structuredClone(snapshot)]);
    assert.match(page, /albireo_spec_requests_total\{status="200"\} 6/);
    assert.match(page, /albireo_spec_seconds_count 2/);
    assert.match(page, /albireo_spec_seconds_bucket\{le="0.1"\} 0\n.*le="0.5"\} 2\n.*le="\+Inf"\} 2\n/);
  });
});
